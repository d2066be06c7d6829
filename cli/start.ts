import { runCommand } from './command.ts';
import { EXAMPLE, START } from './commands.ts';
import { readLocalEnvironment } from './environment.ts';
import { toMiniMaxChoice } from './minimax-choice.ts';
import { startNotice } from './minimax-notice.ts';
import { printStatus } from './print-status.ts';

/** `npm start`: makes one video with the service on this machine. */
runCommand(START, async (values, context) => {
  const minimax = toMiniMaxChoice(readLocalEnvironment());
  const { template = EXAMPLE.template, task } = values;
  const wanted = task === undefined ? template : undefined;
  printStatus('Makes one video on this machine.');
  // Imported after the first line is printed: the CDK alone takes seconds.
  const { toOrder } = await import('./request-flags.ts');
  const { prepareOut } = await import('./out-path.ts');
  const order = await toOrder(values);
  const toPath = await prepareOut(values.out);
  printStatus(...startNotice(minimax, wanted), 'Loading the CDK …');
  const { makeVideo } = await import('./make-video.ts');
  return makeVideo({ order, toPath, minimax, template: wanted }, context);
});
