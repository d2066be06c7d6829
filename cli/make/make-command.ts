import { type CommandContext, requireLocalNode } from '../command.ts';
import { readLocalEnvironment } from '../environment.ts';
import { printStatus } from '../print-status.ts';
import { type MakeValues, rejectContradictions } from './values.ts';

/** Makes one video, or waits for one, and prints the path of the file. @returns the exit code */
export async function makeCommand(values: MakeValues, context: CommandContext): Promise<number> {
  rejectContradictions(values);
  if (values['dry-run']) {
    const { showRequest } = await import('./dry-run.ts');
    return showRequest(values);
  }
  return values.here ? makeHere(values, context) : makeWithService(values, context);
}

/** Waits for a task that exists at MiniMax. @returns the exit code */
export function adopt(
  task: string,
  values: Pick<MakeValues, 'out' | 'open' | 'json' | 'stack' | 'url' | 'local' | 'key'>,
  context: CommandContext,
): Promise<number> {
  return makeWithService({ ...values, task, here: false, yes: false, 'dry-run': false }, context);
}

async function makeHere(values: MakeValues, context: CommandContext): Promise<number> {
  requireLocalNode('make --here');
  const { toMiniMaxChoice } = await import('../minimax-choice.ts');
  const minimax = toMiniMaxChoice(readLocalEnvironment());
  printStatus('Makes one video on this machine.');
  // Imported after the first line is printed: the CDK alone takes seconds.
  const { prepareHere } = await import('./prepare-here.ts');
  const options = await prepareHere(values, minimax, context);
  printStatus('Loading the CDK …');
  const { makeVideo } = await import('./make-here.ts');
  return makeVideo(options, context);
}

async function makeWithService(values: MakeValues, context: CommandContext): Promise<number> {
  const { toWhere } = await import('../service/where.ts');
  const environment = readLocalEnvironment();
  const where = toWhere(values, environment);
  printStatus(`${actionOf(values)} with ${where.name}.`);
  // Imported after the first line is printed, because the imports take a while.
  const { orderVideo } = await import('./make-with-service.ts');
  return orderVideo(values, { where, environment, interruption: context.interruption });
}

function actionOf({ video, task }: MakeValues): string {
  if (video !== undefined) return 'Waits for a video';
  return task === undefined ? 'Makes one video' : 'Waits for a task';
}
