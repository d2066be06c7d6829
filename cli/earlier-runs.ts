import { jobKey } from '../lambdas/core/storage-keys.ts';
import type { LocalService } from '../local/local-service.ts';
import type { ForgottenVideo } from '../local/recovery/forgotten-videos.ts';
import type { StoredJob } from '../local/recovery/video-objects.ts';
import type { OtherHost } from '../local/state/host-folders.ts';

interface EarlierRuns {
  readonly service: Pick<LocalService, 'resumed' | 'forgotten' | 'videos' | 'engine'>;
  readonly otherHosts: readonly OtherHost[];
  /** The command that fetches the video of a task. */
  readonly fetchCommand: (taskId: string) => string;
}

/** Failures after which MiniMax has no video, even if it has charged for one. */
const WITHOUT_VIDEO: readonly string[] = ['GenerationFailed', 'ContentRejected'];

/** A line for each video of an earlier run that continues, or that is paid for and not delivered. */
export function describeEarlierRuns({ service, otherHosts, fetchCommand }: EarlierRuns): readonly string[] {
  const { resumed, forgotten, videos } = service;
  const continued = resumed.map(({ execution, state, isInterrupted, failure }) => {
    if (failure !== undefined) return `Failed: video ${execution.name}. ${failure}`;
    const taskId = videos.job(execution.name)?.taskId;
    const task = taskId === undefined ? '' : `, task ${taskId}`;
    const interrupted = isInterrupted ? ', which was interrupted' : '';
    return `Continues: video ${execution.name} at ${state}${interrupted}${task}.`;
  });
  const undelivered = paidAndUndelivered(service).map(
    ({ videoId, taskId }) =>
      `Paid and not delivered: video ${videoId}, task ${taskId}. To fetch it: ${fetchCommand(taskId)}`,
  );
  const unreadable = videos.ids().filter(videos.isUnreadable).map(toUnreadable);
  return [
    ...continued,
    ...forgotten.flatMap(toForgotten),
    ...undelivered,
    ...unreadable,
    ...otherHosts.map(describeOtherHost),
  ];
}

function toForgotten({ job, isTakenUp }: ForgottenVideo): readonly string[] {
  const { videoId, taskId, isCreateInDoubt } = job;
  if (isTakenUp) return [`Continues: video ${videoId}, task ${taskId}, in a new execution.`];
  return isCreateInDoubt
    ? [
        `In doubt: video ${videoId} may have been paid for. Its task is not known, so it is not submitted again.`,
      ]
    : [];
}

function toUnreadable(videoId: string): string {
  return `Unreadable: ${jobKey(videoId)} is damaged or no job document. Nothing is submitted for this video until you move the file away.`;
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

function isWorthFetching({ isCancelled, wasStored, moneySpent, error = '' }: StoredJob): boolean {
  return !isCancelled && !wasStored && moneySpent !== 'no' && !WITHOUT_VIDEO.includes(error);
}

function describeOtherHost(other: OtherHost): string {
  const host = other.name === 'simulated' ? 'the simulated MiniMax' : other.name;
  if ('unreadable' in other)
    return `Not continued: the database of ${host} cannot be read (${other.unreadable}).`;
  const { videos, taskIds } = other;
  const tasks = taskIds.length === 0 ? 'no task known' : `tasks ${taskIds.join(', ')}`;
  return `Not continued: ${videos} unfinished ${videos === 1 ? 'video' : 'videos'} of ${host} (${tasks}). A start with that host continues them.`;
}

/** A line for each video that is unfinished when the process ends, with the command that fetches a paid one. */
export function describeUnfinished(
  { engine, videos }: Pick<LocalService, 'engine' | 'videos'>,
  fetchHint: (taskId: string) => string | undefined,
): readonly string[] {
  const { executions } = engine.executions.list({ status: 'RUNNING', limit: MAX_NAMED });
  return executions.map(({ name }) => {
    const taskId = videos.job(name)?.taskId;
    const hint = taskId === undefined ? undefined : fetchHint(taskId);
    return `Unfinished: video ${name}. The next start continues it.${hint === undefined ? '' : ` ${hint}`}`;
  });
}

const MAX_NAMED = 1_000;
