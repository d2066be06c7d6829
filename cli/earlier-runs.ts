import { jobKey } from '../lambdas/core/storage-keys.ts';
import type { LocalService } from '../local/local-service.ts';
import type { ForgottenVideo } from '../local/recovery/forgotten-videos.ts';
import type { StoredJob } from '../local/recovery/video-objects.ts';
import type { OtherHost } from '../local/state/host-folders.ts';

interface EarlierRuns {
  readonly service: Pick<LocalService, 'resumed' | 'forgotten' | 'videos' | 'engine'>;
  readonly others: readonly OtherHost[];
  /** The command that fetches the video of a task. */
  readonly howToFetch: (taskId: string) => string;
}

/** Failures behind which there is no video to be fetched, whatever was charged. */
const WITHOUT_VIDEO: readonly string[] = ['GenerationFailed', 'ContentRejected'];

/** What a start takes up of earlier runs, and what it found paid and not delivered: a line each. */
export function describeEarlierRuns({ service, others, howToFetch }: EarlierRuns): readonly string[] {
  const { resumed, forgotten, videos } = service;
  const goingOn = resumed.map(({ execution, state, isInterrupted, failure }) => {
    if (failure !== undefined) return `Failed: video ${execution.name}. ${failure}`;
    const taskId = videos.job(execution.name)?.taskId;
    const task = taskId === undefined ? '' : `, task ${taskId}`;
    const cut = isInterrupted ? ', which was cut off' : '';
    return `Goes on: video ${execution.name} at ${state}${cut}${task}.`;
  });
  const undelivered = paidAndUndelivered(service).map(
    ({ videoId, taskId }) =>
      `Paid and not delivered: video ${videoId}, task ${taskId}. To fetch it: ${howToFetch(taskId)}`,
  );
  const unreadable = videos.ids().filter(videos.isUnreadable).map(toUnreadable);
  return [
    ...goingOn,
    ...forgotten.flatMap(toForgotten),
    ...undelivered,
    ...unreadable,
    ...others.map(toLine),
  ];
}

function toForgotten({ job, isTakenUp }: ForgottenVideo): readonly string[] {
  const { videoId, taskId, isCreateInDoubt } = job;
  if (isTakenUp) return [`Goes on: video ${videoId}, task ${taskId}, whose execution was forgotten.`];
  return isCreateInDoubt
    ? [
        `In doubt: video ${videoId} may have been paid for. No task was written down, so it is not sent again.`,
      ]
    : [];
}

function toUnreadable(videoId: string): string {
  return `Unreadable: ${jobKey(videoId)} is damaged or no job document. Nothing is sent for this video before it is moved away.`;
}

function paidAndUndelivered({
  videos,
  engine,
  forgotten,
}: EarlierRuns['service']): readonly { readonly videoId: string; readonly taskId: string }[] {
  const ids = videos.ids();
  const delivered = new Set(ids.map((videoId) => videos.storedTask(videoId)));
  const left = new Set(forgotten.flatMap(({ job, isTakenUp }) => (isTakenUp ? [] : [job.videoId])));
  return ids.flatMap((videoId) => {
    const job = videos.job(videoId);
    if (job?.taskId === undefined || delivered.has(job.taskId) || !isWorthFetching(job)) return [];
    const status = engine.executions.get(videoId)?.status;
    const isOver = job.hasEnded || left.has(videoId) || status !== undefined;
    return isOver && status !== 'RUNNING' ? [{ videoId, taskId: job.taskId }] : [];
  });
}

function isWorthFetching({ isCancelled, moneySpent, error = '' }: StoredJob): boolean {
  return !isCancelled && moneySpent !== 'no' && !WITHOUT_VIDEO.includes(error);
}

function toLine(other: OtherHost): string {
  const host = other.name === 'simulated' ? 'the simulated MiniMax' : other.name;
  if ('unreadable' in other) return `Left alone: ${host}: its database cannot be read (${other.unreadable}).`;
  const { videos, taskIds } = other;
  const tasks = taskIds.length === 0 ? 'no task known' : `tasks ${taskIds.join(', ')}`;
  return `Left alone: ${videos} unfinished ${videos === 1 ? 'video' : 'videos'} of ${host} (${tasks}). A start with that host goes on with them.`;
}

/** What a process leaves unfinished when it ends: a line for each video, with the command that fetches what is paid for. */
export function describeUnfinished(
  { engine, videos }: Pick<LocalService, 'engine' | 'videos'>,
  howToFetch: (taskId: string) => string | undefined,
): readonly string[] {
  const { executions } = engine.executions.list({ status: 'RUNNING', limit: MAX_NAMED });
  return executions.map(({ name }) => {
    const taskId = videos.job(name)?.taskId;
    const fetch = taskId === undefined ? undefined : howToFetch(taskId);
    return `Unfinished: video ${name}. The next start goes on with it.${fetch === undefined ? '' : ` ${fetch}`}`;
  });
}

const MAX_NAMED = 1_000;
