import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { bringUp } from './bring-up.ts';
import { interruption, runCommand } from './command.ts';
import type { LocalExecution } from './engine/engine.ts';
import { DEV_HELP, parseDevFlags } from './flags.ts';

const LOG_FILE = join('.local', 'functions.log');

/** `npm run dev`: keeps the service up until Ctrl-C. Objects stay on disk, executions are forgotten. */
runCommand('npm run dev', async () => {
  const flags = parseDevFlags(process.argv.slice(2));
  if (flags === undefined) {
    console.log(DEV_HELP);
    return 0;
  }
  const interrupted = interruption();
  mkdirSync('.local', { recursive: true });
  await using running = await bringUp({
    port: flags.port,
    keepObjects: true,
    announce: console.log,
    onEvent: showEvent,
    onLog: (_functionName, text) => appendFileSync(LOG_FILE, text),
  });
  console.log(welcome(running.service.url));
  await interrupted;
  console.log('\nStopped.');
  return 0;
});

function welcome(url: string): string {
  const body =
    '{"template_id":"393769180141805569","media_inputs":[{"value":"https://example.com/pet.jpg"}],"text_inputs":[{"value":"Lion"}]}';
  return `Template Video is up at ${url}

  Make a video:
    curl -i ${url}/videos -d '${body}'

  Look at it (with the video_id of the answer):
    curl ${url}/videos/VIDEO_ID

  Fetch it when it has succeeded:
    curl -o video.mp4 "$(curl -s ${url}/videos/VIDEO_ID | sed 's/.*"url":"\\([^"]*\\)".*/\\1/')"

Objects stay in .local/objects, the functions' log in ${LOG_FILE}. Ctrl-C stops.
`;
}

function showEvent({ name }: LocalExecution, event: HistoryEvent): void {
  const state = event.stateEnteredEventDetails?.name;
  const failure = event.executionFailedEventDetails ?? event.lambdaFunctionFailedEventDetails;
  if (state !== undefined) console.log(`${name}  ${state}`);
  if (failure !== undefined) console.log(`${name}  ${failure.error}: ${failure.cause?.slice(0, 300)}`);
}
