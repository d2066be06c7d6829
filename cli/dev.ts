import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { errorMessageOf } from '../lambdas/core/failure.ts';
import { toTemplateRequest } from '../lambdas/core/minimax/template-request.ts';
import { printable, shortened } from '../lambdas/core/text/plain.ts';
import type { AnsweredRequest } from '../local/api-gateway/request-log.ts';
import type { LocalExecution } from '../local/step-functions/engine.ts';
import { UsageError } from '../local/user-error.ts';
import { howToAdopt, runCommand } from './command.ts';
import { DEV, EXAMPLE } from './commands.ts';
import { toDevFlags } from './dev-flags.ts';
import { describeEarlierRuns, describeUnfinished } from './earlier-runs.ts';
import { readLocalEnvironment } from './environment.ts';
import { toMiniMaxChoice } from './minimax-choice.ts';
import { tell } from './report.ts';
import type { Running } from './start-stack.ts';
import { failureOf, nextTryIn } from './timeline/next-try.ts';
import { whoMakesThem } from './who-makes-it.ts';

/** `npm run dev`: keeps the service up until Ctrl-C. What is unfinished then goes on at the next start. */
runCommand(DEV, async (values, { interruption, onFatal }) => {
  const minimax = toMiniMaxChoice(readLocalEnvironment());
  const flags = toDevFlags(values, minimax.apiKey !== undefined);
  const makers = whoMakesThem(minimax);
  tell('Brings the whole service up on this machine.', ...makers, 'Loading the CDK …');
  const { startStack } = await import('./start-stack.ts');
  let definition: StateMachineDefinition | undefined;
  await using running = await startStack({
    ...flags,
    minimax,
    isKept: true,
    announce: tell,
    onEvent: (execution, event) => showEvent(execution, event, definition),
    onRequest: showRequest,
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new UsageError(`Port ${flags.port} is taken; choose another with --port.`);
  });
  onFatal(() => unfinished(running));
  const { service, others, isReal } = running;
  definition = service.deployment.stateMachine.definition;
  if (isReal) console.log(SPENDING);
  const howToFetch = (taskId: string): string =>
    `npm run video -- --url ${service.url}/videos --task ${taskId}`;
  for (const line of describeEarlierRuns({ service, others, howToFetch })) console.log(line);
  console.log(welcome(running, makers));
  await interruption.promise;
  console.log(['', ...unfinished(running), 'Stopped.'].join('\n'));
  return 0;
});

const SPENDING =
  'Every user of this machine can make videos through it, which this key pays for: it asks nobody who they are.';

function welcome({ service: { url }, exampleImage, kept }: Running, makers: readonly string[]): string {
  const body = JSON.stringify(toTemplateRequest(EXAMPLE.template, [EXAMPLE.text], [exampleImage]));
  const json = "-H 'content-type: application/json'";
  return `Template Video is up at ${url}

  Make a video, and keep its id:
    id=$(curl -s ${url}/videos ${json} -d '${body}' | ${field('video_id')})

  Look at it:
    curl -s ${url}/videos/$id

  Fetch it when it has succeeded:
    curl -sSf -o video.mp4 "$(curl -s ${url}/videos/$id | ${field('url')})"

  All of that at once, with an image of your own:
    npm run video -- --url ${url}/videos --media local/simulator/pet.jpg --text Lion

  List all videos, see the templates, stop waiting for a video:
    curl -s "${url}/videos?limit=5"
    curl -s ${url}/templates
    curl -s -X DELETE ${url}/videos/$id

Everything is kept in ${kept?.path}: files in objects, the functions' log in functions.log. Ctrl-C stops; a start goes on.
${makers.join('\n')}
`;
}

/** A shell filter that takes one text field out of a JSON answer. */
function field(name: string): string {
  return `sed 's/.*"${name}":"\\([^"]*\\)".*/\\1/'`;
}

/** The tasks go on at MiniMax; the next start asks for them. */
function unfinished({ service, isReal }: Running): readonly string[] {
  return describeUnfinished(service, (task_id) => (isReal ? howToAdopt({ task_id }) : undefined));
}

function showRequest({ method, path, status, milliseconds, videoId = '' }: AnsweredRequest): void {
  console.log(`${method} ${path}  ${status}  ${milliseconds} ms  ${videoId}`.trimEnd());
}

function showEvent(
  execution: LocalExecution,
  event: HistoryEvent,
  definition: StateMachineDefinition | undefined,
): void {
  const { name } = execution;
  const state = event.stateEnteredEventDetails?.name;
  const failed = failureOf(event);
  const failure = event.executionFailedEventDetails ?? failed;
  const next = failed && definition && nextTryIn(definition, execution.events);
  if (state !== undefined) console.log(printable(`${name}  ${state}`));
  if (isCallback(event)) console.log(`${name}  (MiniMax rings)`);
  if (failure !== undefined)
    console.log(
      printable(
        `${name}  ${next === undefined ? '' : `${next}, after `}${failure.error}: ${shortened(errorMessageOf(failure.cause ?? ''), 300)}`,
      ),
    );
}

/** Of the tasks that wait for a token, only the one of a wait succeeds before its time. */
function isCallback({ taskSucceededEventDetails }: HistoryEvent): boolean {
  return taskSucceededEventDetails?.output?.includes('"rung_at"') === true;
}
