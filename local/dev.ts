import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Video } from '../lambdas/core/answer.ts';
import type { Running } from './bring-up.ts';
import { howToAdopt, runCommand } from './command.ts';
import type { LocalExecution } from './engine/engine.ts';
import { DEV_HELP, parseDevFlags, WrongFlag } from './flags.ts';

const LOG_FILE = join('.local', 'functions.log');

/** `npm run dev`: keeps the service up until Ctrl-C. Objects stay on disk, executions are forgotten. */
runCommand('npm run dev', async (interruption) => {
  const flags = parseDevFlags(process.argv.slice(2));
  if (flags === undefined) {
    console.log(DEV_HELP);
    return 0;
  }
  mkdirSync('.local', { recursive: true });
  const { bringUp } = await import('./bring-up.ts');
  await using running = await bringUp({
    ...flags,
    keepObjects: true,
    announce: console.log,
    onEvent: showEvent,
    onLog: (_functionName, text) => appendFileSync(LOG_FILE, text),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new WrongFlag(`Port ${flags.port} is taken; choose another with --port.`);
  });
  console.log(welcome(running));
  await interruption.promise;
  console.log(`\n${await farewell(running)}`);
  return 0;
});

function welcome({ service: { url }, exampleImage }: Running): string {
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

Videos are forgotten when it stops; their files stay in .local/objects. The functions' log is ${LOG_FILE}. Ctrl-C stops.
`;
}

/** A shell filter that takes one text field out of a JSON answer. */
function field(name: string): string {
  return `sed 's/.*"${name}":"\\([^"]*\\)".*/\\1/'`;
}

/** Executions are forgotten with the process, so it names the tasks that go on at MiniMax. */
async function farewell({ service, isReal }: Running): Promise<string> {
  if (!isReal) return 'Stopped.';
  const { executions: running } = service.engine.executions.list({ status: 'RUNNING', limit: 1000 });
  const videos = await Promise.all(
    running.map(async ({ name }) => (await (await fetch(`${service.url}/videos/${name}`)).json()) as Video),
  );
  return ['Stopped.', ...videos.map(howToAdopt).filter((line) => line !== '')].join('\n');
}

function showEvent({ name }: LocalExecution, event: HistoryEvent): void {
  const state = event.stateEnteredEventDetails?.name;
  const failure = event.executionFailedEventDetails ?? event.lambdaFunctionFailedEventDetails;
  if (state !== undefined) console.log(`${name}  ${state}`);
  if (event.taskSucceededEventDetails?.resourceType === 'aws-sdk:s3') console.log(`${name}  (MiniMax rings)`);
  if (failure !== undefined) console.log(`${name}  ${failure.error}: ${failure.cause?.slice(0, 300)}`);
}
