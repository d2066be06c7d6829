import {
  createClient,
  type StartedVideo,
  type Video,
  VideoFailed,
  type VideosClient,
} from '../../client/index.ts';
import { printableJson } from '../../lambdas/core/text/plain.ts';
import { UserError } from '../../local/user-error.ts';
import { adoptHint, type CommandContext, type Interruption } from '../command.ts';
import { shownCommand } from '../command-line/npm.ts';
import { describeEarlierRuns, describeUnfinished } from '../earlier-runs.ts';
import { INTERRUPTED, Interrupted } from '../errors.ts';
import type { MiniMaxChoice } from '../minimax-choice.ts';
import { endNotice } from '../minimax-notice.ts';
import { whyNoFile } from '../missing-file.ts';
import { printStatus } from '../print-status.ts';
import { type RunningStack, startStack } from '../start-stack.ts';
import { createTimeline, type Timeline } from '../timeline/timeline.ts';
import { deliver } from './deliver.ts';
import { type Order, toRequest } from './order.ts';
import type { OutPath } from './out-path.ts';
import { createOwnVideo, type OwnVideo } from './own-video.ts';

export interface MakeVideoOptions {
  readonly order: Order;
  readonly toPath: OutPath;
  readonly minimax: MiniMaxChoice;
  /** Undefined for a task that exists. */
  readonly template: string | undefined;
  readonly isJson: boolean;
  /** Whether the file is opened when it is complete. */
  readonly opens: boolean;
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
  const client = createClient({ url: service.url, onRetry: ({ reason }) => printStatus(reason) });
  const example = running.exampleImage;
  const { video_id } = await submit(client, { order: options.order, example }, interruption);
  timeline = createTimeline(process.stderr, service.deployment.stateMachine.definition);
  own.follow(video_id);
  await Promise.race([own.finished, interruption.promise]);
  timeline.end();
  // Later events would be drawn into the lines below.
  timeline = undefined;

  const video = await client.get(video_id);
  // Awaited, because the service stops at the end of this function.
  if (!interruption.hasHappened) return await finish(video, options, running);
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

interface Submission {
  readonly order: Order;
  /** The image of MiniMax's own example. */
  readonly example: string;
}

async function submit(
  client: VideosClient,
  { order, example }: Submission,
  interruption: Interruption,
): Promise<StartedVideo> {
  const request = toRequest(order, (image) => {
    if (image === 'example') return example;
    return 'url' in image ? image.url : image.bytes;
  });
  if (interruption.hasHappened) throw new Interrupted(NOTHING_SUBMITTED);
  const started = await client.start(request);
  for (const warning of started.warnings ?? []) printStatus(`Warning: ${warning}`);
  return started;
}

async function finish(
  video: Video,
  { toPath, minimax, template, isJson, opens }: MakeVideoOptions,
  { service, isReal }: RunningStack,
): Promise<number> {
  const hint = isReal && video.error?.money_spent !== 'no' ? adoptHint(video) : '';
  if (video.video === undefined || video.video === null) {
    if (isJson) console.log(printableJson(video));
    const cause = new VideoFailed(video);
    throw new UserError(`${whyNoFile(video)}\n${hint}`.trim(), { cause });
  }
  for (const { name } of service.engine.executions.list({ status: 'RUNNING', limit: 1000 }).executions) {
    printStatus(
      `Unfinished: video ${name} of an earlier run. The next ${HERE} or ${shownCommand('dev')} continues it.`,
    );
  }
  const path = toPath(video.video_id);
  await deliver(video, { path, json: isJson, open: opens }).catch((cause: Error) => {
    const message = `The video is ready but could not be written to ${path}: ${cause.message} ${hint}`;
    throw new UserError(message.trim(), { cause });
  });
  printStatus(...endNotice(minimax, template));
  return 0;
}

const HERE = shownCommand('make --here');

const fetchCommand = (taskId: string): string => shownCommand('make --here', `--task ${taskId}`);

/** Neither MiniMax nor the execution is stopped by Ctrl-C. The next start continues the execution. */
function describeInterruption(video: Video, isReal: boolean): string {
  if (!isReal) return 'Stopped. The simulated MiniMax is stopped too.';
  const next = `${shownCommand('dev')} continues the video ${video.video_id}. ${HERE} continues it too, but also makes and charges for a new one.`;
  if (video.task_id === undefined) return `Stopped before MiniMax has named a task. ${next}`;
  return `Stopped waiting. MiniMax continues the task and charges for it. ${next} ${adoptHint(video)}`;
}
