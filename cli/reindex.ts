import { runCommand } from './command.ts';
import { REINDEX } from './commands.ts';
import { readLocalEnvironment } from './environment.ts';
import { toMiniMaxChoice } from './minimax-choice.ts';
import { printStatus } from './print-status.ts';
import { toReindexFlags } from './reindex-flags.ts';

/** `npm run reindex`: makes the table of videos right again. */
runCommand(REINDEX, async (values, { interruption }) => {
  const { stack, isLocal } = toReindexFlags(values);
  const stop = new AbortController();
  void interruption.promise.then(() => stop.abort());
  if (isLocal) {
    const minimax = toMiniMaxChoice(readLocalEnvironment());
    printStatus('Reindexes the videos of this machine.', 'Loading the CDK …');
    const { reindexHere } = await import('./reindex-here.ts');
    return reindexHere(minimax, stop.signal);
  }
  printStatus(`Reindexes the videos of the stack ${stack}.`);
  // Imported after the first line is printed, because the imports take a while.
  const { reindexStack } = await import('./reindex-stack.ts');
  return reindexStack(stack, stop.signal);
});
