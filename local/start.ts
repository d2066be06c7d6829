import { randomUUID } from 'node:crypto';
import type { Video } from '../lambdas/core/answer.ts';
import { printable } from '../lambdas/core/plain-text.ts';
import { createVideoClient } from './client/video-client.ts';
import { howToAdopt, INTERRUPTED, runCommand, Stopped } from './command.ts';
import { describeEarlierRuns, describeUnfinished } from './earlier-runs.ts';
import { parseStartFlags, START_HELP } from './flags.ts';
import { prepareOut, shortest } from './out-path.ts';
import { createOwnVideo } from './own-video.ts';
import { saveVideo } from './save-video.ts';
import { createTimeline } from './timeline/timeline.ts';

/** `npm start`: makes one video through the service's own HTTP trigger. */
runCommand('npm start', async (interruption, onFatal) => {
  const flags = await parseStartFlags(process.argv.slice(2));
  if (flags === undefined) {
    console.log(START_HELP);
    return 0;
  }
  const toPath = await prepareOut(flags.out);
  // Loaded only now, because it brings the CDK: help and wrong flags are answered at once.
  const { bringUp } = await import('./bring-up.ts');
  const timeline = createTimeline(process.stdout);
  const own = createOwnVideo((event) => timeline.add(event));
  await using running = await bringUp({
    isKept: false,
    announce: (line) => console.log(`${line}\n`),
    onEvent: own.notice,
  }).catch((error: unknown) => {
    // Ctrl-C reaches the compiler too, which then breaks in its own words.
    throw interruption.hasHappened ? new Stopped('Stopped before anything was submitted.') : error;
  });
  const { service, isReal, others } = running;
  if (isReal) onFatal(() => describeUnfinished(service, (task_id) => howToAdopt({ task_id })));
  for (const line of describeEarlierRuns({ service, others, howToFetch: howToStart })) console.log(line);
  const client = createVideoClient({
    videosUrl: `${service.url}/videos`,
    authorize: async () => ({}),
    exampleImage: running.exampleImage,
  });
  const body = await client.toBody(flags);
  if (interruption.hasHappened) throw new Stopped('Stopped before anything was submitted.');

  const { video_id } = await client.start(body, randomUUID());
  own.follow(video_id);
  await Promise.race([own.finished, interruption.promise]);
  timeline.end();

  const { video } = await client.look(video_id);
  if (interruption.hasHappened) {
    console.error(`\n${farewell(video, isReal)}`);
    return INTERRUPTED;
  }
  if (video.video === undefined) {
    const { type = 'Unexpected', detail = 'There is no video.' } = video.error ?? {};
    console.error(`\n${printable(`${type}: ${detail}`)}`);
    if (isReal && video.error?.money_spent !== 'no') console.error(howToAdopt(video));
    return 1;
  }
  for (const { name } of service.engine.executions.list({ status: 'RUNNING', limit: 1000 }).executions)
    console.error(
      `Unfinished: video ${name} of an earlier run. The next npm start or npm run dev goes on with it.`,
    );
  const path = toPath(video_id);
  await saveVideo(video.video, path).catch((error: Error) => {
    throw new Error(
      `The video is made but could not be written to ${path}. ${isReal ? howToAdopt(video) : ''}`,
      {
        cause: error,
      },
    );
  });
  console.log(`\n${shortest(path)}`);
  return 0;
});

const howToStart = (taskId: string): string => `npm start -- --task ${taskId}`;

/** An interrupted wait stops neither MiniMax nor the execution, which the next start takes up. */
function farewell(video: Video, isReal: boolean): string {
  if (!isReal) return 'Stopped. The simulated MiniMax ends with it.';
  const goesOn = `The next npm start or npm run dev goes on with the video ${video.video_id}.`;
  if (video.task_id !== undefined) return `Stopped waiting; MiniMax goes on. ${goesOn} ${howToAdopt(video)}`;
  return `Stopped while the task was being submitted. ${goesOn}`;
}
