import { runCommand } from './command.ts';
import { EXAMPLE, START } from './commands.ts';
import { readLocalEnvironment } from './environment.ts';
import { toMiniMaxChoice } from './minimax-choice.ts';
import { tell } from './report.ts';
import { whoMakesIt } from './who-makes-it.ts';

/** `npm start`: makes one video through the service's own HTTP trigger. */
runCommand(START, async (values, surroundings) => {
  const minimax = toMiniMaxChoice(readLocalEnvironment());
  const { template = EXAMPLE.template, task } = values;
  const wanted = task === undefined ? template : undefined;
  tell('Makes one video on this machine.');
  // Loaded only now: what is imported takes a while, and the CDK seconds.
  const { toOrder } = await import('./request-flags.ts');
  const { prepareOut } = await import('./out-path.ts');
  const order = await toOrder(values);
  const toPath = await prepareOut(values.out);
  tell(...whoMakesIt(minimax, wanted), 'Loading the CDK …');
  const { makeVideo } = await import('./make-video.ts');
  return makeVideo({ order, toPath, minimax, template: wanted }, surroundings);
});
