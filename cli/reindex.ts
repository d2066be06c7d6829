import type { Interruption } from './command.ts';
import { readLocalEnvironment } from './environment.ts';
import { toMiniMaxChoice } from './minimax-choice.ts';
import { printStatus } from './print-status.ts';
import { type ReindexValues, toReindexFlags } from './reindex-flags.ts';

/** Makes the table of videos right again. @returns the exit code */
export async function reindex(values: ReindexValues, { signal }: Interruption): Promise<number> {
  const { stack, isLocal } = toReindexFlags(values);
  const options = { signal, isJson: values.json };
  if (isLocal) {
    const minimax = toMiniMaxChoice(readLocalEnvironment());
    printStatus('Reindexes the videos of this machine.', 'Loading the CDK …');
    const { reindexHere } = await import('./reindex-here.ts');
    return reindexHere(minimax, options);
  }
  printStatus(`Reindexes the videos of the stack ${stack}.`);
  // Imported after the first line is printed, because the imports take a while.
  const { reindexStack } = await import('./reindex-stack.ts');
  return reindexStack(stack, options);
}
