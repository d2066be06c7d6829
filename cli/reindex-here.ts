import type { MiniMaxChoice } from './minimax-choice.ts';
import { printStatus } from './print-status.ts';
import { toLocalTarget } from './reindex-target.ts';
import { type ReindexOptions, runReindex } from './run-reindex.ts';
import { startStack } from './start-stack.ts';

/** Reindexes the videos that `npm run dev` keeps on this machine. It continues none of them. @returns the exit code */
export async function reindexHere(minimax: MiniMaxChoice, options: ReindexOptions): Promise<number> {
  await using running = await startStack({ minimax, isKept: true, isIdle: true, announce: printStatus });
  printStatus(`Reads what is kept in ${running.kept?.path}.`);
  return await runReindex(toLocalTarget(running.service, options.signal), options);
}
