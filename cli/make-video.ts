import { createClient } from '../client/index.ts';
import type { Video } from '../lambdas/core/api/response.ts';
import { UserError } from '../local/user-error.ts';
import { printRetry } from './client/connect.ts';
import { adoptHint, type CommandContext, INTERRUPTED, Interrupted, type Interruption } from './command.ts';
import { describeEarlierRuns, describeUnfinished } from './earlier-runs.ts';
import type { MiniMaxChoice } from './minimax-choice.ts';
import { endNotice } from './minimax-notice.ts';
import { type Order, toRequest } from './order.ts';
import { type OutPath, shortPath } from './out-path.ts';
import { createOwnVideo, type OwnVideo } from './own-video.ts';
import { printStatus } from './print-status.ts';
import { saveVideo } from './save-video.ts';
import { type RunningStack, startStack } from './start-stack.ts';
import { createTimeline, type Timeline } from './timeline/timeline.ts';

interface MakeVideoOptions {
  readonly order: Order;
  readonly toPath: OutPath;
  readonly minimax: MiniMaxChoice;
  /** Undefined for a task that exists. */
  readonly template: string | undefined;
}

/** Starts the service, makes one video with it, and prints the path of the file. @returns the exit code */
export async function makeVideo(
  options: MakeVideoOptions,
  { interruption, onFatal }: CommandContext,
): Promise<number> {
  let timeline: Timeline | undefined;
  const own = createOwnVideo((event) => timeline?.add(event));
  await using running = await startForOneVideo(options.minimax, own, interruption);
  const { service, isReal, otherHosts } = running;
  if (isReal) onFatal(() => describeUnfinished(service, (task_id) => adoptHint({ task_id })));
  printStatus(...describeEarlierRuns({ service, otherHosts, fetchCommand }));
  const videos = createClient({ url: `${service.url}/videos`, onRetry: printRetry });
  const { exampleImage } = running;
  const request = await toRequest(options.order, { exampleImage, upload: videos.upload });
  if (interruption.hasHappened) throw new Interrupted(NOTHING_SUBMITTED);
  const { video_id, warnings = [] } = await videos.start(request);
  for (const warning of warnings) printStatus(`Warning: ${warning}`);
  timeline = createTimeline(process.stderr, service.deployment.stateMachine.definition);
  own.follow(video_id);
  await Promise.race([own.finished, interruption.promise]);
  timeline.end();
  // Later events would be drawn into the lines below.
  timeline = undefined;

  const video = await videos.get(video_id);
  // Awaited, because the service stops at the end of this function.
  if (!interruption.hasHappened) return await deliver(video, options, running);
  printStatus(describeInterruption(video, isReal));
  return INTERRUPTED;
}

const NOTHING_SUBMITTED = 'Stopped before anything was submitted.';

async function startForOneVideo(
  minimax: MiniMaxChoice,
  own: OwnVideo,
  interruption: Interruption,
): Promise<RunningStack> {
  try {
    return await startStack({ minimax, isKept: false, announce: printStatus, onEvent: own.notice });
  } catch (error) {
    // Ctrl-C also ends the compiler, whose own error says nothing of Ctrl-C.
    throw interruption.hasHappened ? new Interrupted(NOTHING_SUBMITTED) : error;
  }
}

async function deliver(
  video: Video,
  { toPath, minimax, template }: MakeVideoOptions,
  { service, isReal }: RunningStack,
): Promise<number> {
  if (video.video === undefined) {
    const { type = 'Unexpected', detail = 'There is no video.' } = video.error ?? {};
    printStatus(`${type}: ${detail}`);
    if (isReal && video.error?.money_spent !== 'no') printStatus(adoptHint(video));
    return 1;
  }
  for (const { name } of service.engine.executions.list({ status: 'RUNNING', limit: 1000 }).executions) {
    printStatus(
      `Unfinished: video ${name} of an earlier run. The next npm start or npm run dev continues it.`,
    );
  }
  const path = toPath(video.video_id);
  await saveVideo(video.video, path).catch((cause: Error) => {
    const hint = isReal ? ` ${adoptHint(video)}` : '';
    const message = `The video is ready but could not be written to ${path}: ${cause.message}${hint}`;
    throw new UserError(message, { cause });
  });
  printStatus(...endNotice(minimax, template));
  console.log(shortPath(path));
  return 0;
}

const fetchCommand = (taskId: string): string => `npm start -- --task ${taskId}`;

/** Neither MiniMax nor the execution is stopped by Ctrl-C. The next start continues the execution. */
function describeInterruption(video: Video, isReal: boolean): string {
  if (!isReal) return 'Stopped. The simulated MiniMax is stopped too.';
  const next = `npm run dev continues the video ${video.video_id}. npm start continues it too, but also makes and charges for a new one.`;
  if (video.task_id === undefined) return `Stopped before MiniMax has named a task. ${next}`;
  return `Stopped waiting. MiniMax continues the task and charges for it. ${next} ${adoptHint(video)}`;
}
