import { join, relative } from 'node:path';
import type { Video } from '../lambdas/core/video.ts';
import { bringUp } from './bring-up.ts';
import { interruption, runCommand } from './command.ts';
import type { Engine } from './engine/engine.ts';
import { parseStartFlags, START_HELP, type StartFlags } from './flags.ts';
import type { LocalService } from './local-service.ts';
import { saveVideo } from './save-video.ts';
import { createTimeline } from './timeline/timeline.ts';
import { toMediaValue } from './upload-image.ts';

const FINAL_EVENTS: readonly (string | undefined)[] = [
  'ExecutionSucceeded',
  'ExecutionFailed',
  'ExecutionTimedOut',
];
const INTERRUPTED = 130;

/** `npm start`: makes one video through the service's own HTTP trigger. */
runCommand('npm start', async () => {
  const flags = await parseStartFlags(process.argv.slice(2));
  if (flags === undefined) {
    console.log(START_HELP);
    return 0;
  }
  const interrupted = interruption();
  const timeline = createTimeline(process.stdout);
  const finished = Promise.withResolvers<void>();
  await using running = await bringUp({
    keepObjects: false,
    announce: (line) => console.log(`${line}\n`),
    onEvent: (_execution, event) => {
      timeline.add(event);
      if (FINAL_EVENTS.includes(event.type)) finished.resolve();
    },
  });
  const { service } = running;

  const posted = await fetch(`${service.url}/videos`, { method: 'POST', body: await toBody(flags, service) });
  if (posted.status !== 202) {
    console.error(await refusal(posted));
    return 2;
  }
  const { video_id } = (await posted.json()) as Video;
  const isInterrupted = await Promise.race([
    finished.promise.then(() => false),
    interrupted.then(() => true),
  ]);
  timeline.end();
  if (isInterrupted) {
    console.error(`\n${farewell(service.engine, video_id)}`);
    return INTERRUPTED;
  }

  const { video, error } = (await (await fetch(`${service.url}/videos/${video_id}`)).json()) as Video;
  if (video === undefined) {
    console.error(
      `\n${error?.type ?? 'Unexpected'}: ${error?.detail ?? 'The workflow ended without a video.'}`,
    );
    return 1;
  }
  const path = await saveVideo(
    video,
    flags.out.endsWith('.mp4') ? flags.out : join(flags.out, `${video_id}.mp4`),
  );
  console.log(`\n${shortest(path)}`);
  return 0;
});

/** Relative inside this folder, absolute elsewhere. */
function shortest(path: string): string {
  const fromHere = relative('', path);
  return fromHere.startsWith('..') ? path : fromHere;
}

async function toBody({ request, images }: StartFlags, service: LocalService): Promise<string> {
  if ('task_id' in request) return JSON.stringify(request);
  const values = await Promise.all(images.map((image) => toMediaValue(image, service)));
  return JSON.stringify({ ...request, media_inputs: values.map((value) => ({ value })) });
}

async function refusal(answer: Response): Promise<string> {
  const { title, errors = [] } = (await answer.json()) as {
    readonly title?: string;
    readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  };
  const faults = errors.map(({ pointer, detail }) => `  ${pointer} ${detail}`);
  return [`${title ?? 'The request was refused'} (HTTP ${answer.status}).`, ...faults].join('\n');
}

/** An interrupted wait does not stop MiniMax, so it says which task is still to be had. */
function farewell(engine: Engine, videoId: string): string {
  const events = engine.executions.get(videoId)?.events ?? [];
  const newest = events.findLast(({ stateEnteredEventDetails }) => stateEnteredEventDetails !== undefined);
  const job = JSON.parse(newest?.stateEnteredEventDetails?.input ?? '{}') as {
    readonly task?: { readonly task_id: string };
  };
  if (job.task === undefined)
    return 'Stopped. If the create was under way, look for the task in your MiniMax account.';
  const { task_id } = job.task;
  return `Stopped waiting. MiniMax goes on with task ${task_id}; to fetch its video: npm start -- --task ${task_id}`;
}
