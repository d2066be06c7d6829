import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Running } from './bring-up.ts';
import { howToAdopt, runCommand } from './command.ts';
import { describeEarlierRuns } from './earlier-runs.ts';
import type { LocalExecution } from './engine/engine.ts';
import { DEV_HELP, parseDevFlags, WrongFlag } from './flags.ts';
import type { AnsweredRequest } from './http-trigger.ts';

/** `npm run dev`: keeps the service up until Ctrl-C. What is unfinished then goes on at the next start. */
runCommand('npm run dev', async (interruption) => {
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
  const { service, others, isReal } = running;
  if (isReal) console.log(SPENDING);
  const howToFetch = (taskId: string): string =>
    `npm run video -- --url ${service.url}/videos --task ${taskId}`;
  for (const line of describeEarlierRuns({ service, others, howToFetch })) console.log(line);
  console.log(welcome(running));
  await interruption.promise;
  console.log(`\n${farewell(running)}`);
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
function farewell({ service, isReal }: Running): string {
  const { executions } = service.engine.executions.list({ status: 'RUNNING', limit: 1000 });
  const unfinished = executions.map(({ name }) => {
    const task_id = service.videos.job(name)?.taskId;
    const fetch = isReal && task_id !== undefined ? ` ${howToAdopt({ task_id })}` : '';
    return `Unfinished: video ${name}. The next npm run dev goes on with it.${fetch}`;
  });
  return [...unfinished, 'Stopped.'].join('\n');
}

function showRequest({ method, path, status, milliseconds, videoId = '' }: AnsweredRequest): void {
  console.log(`${method} ${path}  ${status}  ${milliseconds} ms  ${videoId}`.trimEnd());
}

function showEvent({ name }: LocalExecution, event: HistoryEvent): void {
  const state = event.stateEnteredEventDetails?.name;
  const failure = event.executionFailedEventDetails ?? event.lambdaFunctionFailedEventDetails;
  if (state !== undefined) console.log(`${name}  ${state}`);
  if (event.taskSucceededEventDetails?.resourceType === 'aws-sdk:s3') console.log(`${name}  (MiniMax rings)`);
  if (failure !== undefined) console.log(`${name}  ${failure.error}: ${failure.cause?.slice(0, 300)}`);
}
