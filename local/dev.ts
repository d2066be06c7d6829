import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { errorMessageOf } from '../lambdas/core/failure.ts';
import { printable, shortened } from '../lambdas/core/plain-text.ts';
import type { Running } from './bring-up.ts';
import { howToAdopt, runCommand } from './command.ts';
import { describeEarlierRuns, describeUnfinished } from './earlier-runs.ts';
import type { LocalExecution } from './engine/engine.ts';
import { DEV_HELP, parseDevFlags, WrongFlag } from './flags.ts';
import type { AnsweredRequest } from './request-log.ts';

/** `npm run dev`: keeps the service up until Ctrl-C. What is unfinished then goes on at the next start. */
runCommand('npm run dev', async (interruption, onFatal) => {
  const flags = parseDevFlags(process.argv.slice(2));
  if (flags === undefined) {
    console.log(DEV_HELP);
    return 0;
  }
  const { bringUp } = await import('./bring-up.ts');
  await using running = await bringUp({
    ...flags,
    isKept: true,
    announce: console.log,
    onEvent: showEvent,
    onRequest: showRequest,
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new WrongFlag(`Port ${flags.port} is taken; choose another with --port.`);
  });
  onFatal(() => unfinished(running));
  const { service, others, isReal } = running;
  if (isReal) console.log(SPENDING);
  const howToFetch = (taskId: string): string =>
    `npm run video -- --url ${service.url}/videos --task ${taskId}`;
  for (const line of describeEarlierRuns({ service, others, howToFetch })) console.log(line);
  console.log(welcome(running));
  await interruption.promise;
  console.log(['', ...unfinished(running), 'Stopped.'].join('\n'));
  return 0;
});

const SPENDING =
  'Every user of this machine can make videos through it, which this key pays for: it asks nobody who they are.';

function welcome({ service: { url }, exampleImage, kept }: Running): string {
  const body = `{"template_id":"393769180141805569","media_inputs":[{"value":"${exampleImage}"}],"text_inputs":[{"value":"Lion"}]}`;
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

function showEvent({ name }: LocalExecution, event: HistoryEvent): void {
  const state = event.stateEnteredEventDetails?.name;
  const failure = event.executionFailedEventDetails ?? event.lambdaFunctionFailedEventDetails;
  if (state !== undefined) console.log(printable(`${name}  ${state}`));
  if (isCallback(event)) console.log(`${name}  (MiniMax rings)`);
  if (failure !== undefined)
    console.log(
      printable(`${name}  ${failure.error}: ${shortened(errorMessageOf(failure.cause ?? ''), 300)}`),
    );
}

/** Of the tasks that wait for a token, only the one of a wait succeeds before its time. */
function isCallback({ taskSucceededEventDetails }: HistoryEvent): boolean {
  return taskSucceededEventDetails?.output?.includes('"rung_at"') === true;
}
