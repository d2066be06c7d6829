import { randomUUID } from 'node:crypto';
import type { AcceptedVideo, Video } from '../lambdas/core/api/response.ts';
import { UserError } from '../local/user-error.ts';
import { createVideoClient, type Order, type VideoClient } from './client/video-client.ts';
import { howToAdopt, INTERRUPTED, Interrupted, type Interruption, type Surroundings } from './command.ts';
import { describeEarlierRuns, describeUnfinished } from './earlier-runs.ts';
import type { MiniMaxChoice } from './minimax-choice.ts';
import { type OutPath, shortest } from './out-path.ts';
import { createOwnVideo } from './own-video.ts';
import { tell } from './report.ts';
import { saveVideo } from './save-video.ts';
import { type Running, startStack } from './start-stack.ts';
import { createTimeline } from './timeline/timeline.ts';
import { whatWasMade } from './who-makes-it.ts';

interface Wish {
  readonly order: Order;
  readonly toPath: OutPath;
  readonly minimax: MiniMaxChoice;
  /** Undefined for a task that exists. */
  readonly template: string | undefined;
}

/** Brings the service up, makes one video with it, and prints where the file is. @returns the exit code */
export async function makeVideo(wish: Wish, { interruption, onFatal }: Surroundings): Promise<number> {
  let timeline: ReturnType<typeof createTimeline> | undefined;
  const own = createOwnVideo((event) => timeline?.add(event));
  await using running = await startStack({
    minimax: wish.minimax,
    isKept: false,
    announce: tell,
    onEvent: own.notice,
  }).catch((error: unknown) => {
    // Ctrl-C reaches the compiler too, which then breaks in its own words.
    throw interruption.hasHappened ? new Interrupted(NOTHING_SUBMITTED) : error;
  });
  const { service, isReal, others } = running;
  if (isReal) onFatal(() => describeUnfinished(service, (task_id) => howToAdopt({ task_id })));
  tell(...describeEarlierRuns({ service, others, howToFetch: howToStart }));
  const client = createVideoClient({
    videosUrl: `${service.url}/videos`,
    authorize: async () => ({}),
    exampleImage: running.exampleImage,
    notice: tell,
  });
  const { video_id } = await begin(client, wish.order, interruption);
  timeline = createTimeline(process.stderr, service.deployment.stateMachine.definition);
  own.follow(video_id);
  await Promise.race([own.finished, interruption.promise]);
  timeline.end();
  // What still comes would be written into the words below.
  timeline = undefined;

  const { video } = await client.check(video_id);
  if (!interruption.hasHappened) return deliver(video, wish, running);
  tell(farewell(video, isReal));
  return INTERRUPTED;
}

const NOTHING_SUBMITTED = 'Stopped before anything was submitted.';

async function begin(client: VideoClient, order: Order, interruption: Interruption): Promise<AcceptedVideo> {
  const body = await client.toBody(order);
  if (interruption.hasHappened) throw new Interrupted(NOTHING_SUBMITTED);
  const accepted = await client.start(body, randomUUID());
  for (const warning of accepted.warnings ?? []) tell(`Warning: ${warning}`);
  return accepted;
}

async function deliver(
  video: Video,
  { toPath, minimax, template }: Wish,
  { service, isReal }: Running,
): Promise<number> {
  if (video.video === undefined) {
    const { type = 'Unexpected', detail = 'There is no video.' } = video.error ?? {};
    tell(`${type}: ${detail}`);
    if (isReal && video.error?.money_spent !== 'no') tell(howToAdopt(video));
    return 1;
  }
  for (const { name } of service.engine.executions.list({ status: 'RUNNING', limit: 1000 }).executions)
    tell(`Unfinished: video ${name} of an earlier run. The next npm start or npm run dev goes on with it.`);
  const path = toPath(video.video_id);
  await saveVideo(video.video, path).catch((error: Error) => {
    const how = isReal ? ` ${howToAdopt(video)}` : '';
    throw new UserError(`The video is made but could not be written to ${path}: ${error.message}${how}`, {
      cause: error,
    });
  });
  tell(...whatWasMade(minimax, template));
  console.log(shortest(path));
  return 0;
}

const howToStart = (taskId: string): string => `npm start -- --task ${taskId}`;

/** An interrupted wait stops neither MiniMax nor the execution, which the next start takes up. */
function farewell(video: Video, isReal: boolean): string {
  if (!isReal) return 'Stopped. The simulated MiniMax ends with it.';
  const goesOn = `npm run dev goes on with the video ${video.video_id}. So does npm start, which makes another video as well, and pays for that too.`;
  if (video.task_id !== undefined) return `Stopped waiting; MiniMax goes on. ${goesOn} ${howToAdopt(video)}`;
  return `Stopped before MiniMax has named a task. ${goesOn}`;
}
