import type { LocalService } from './local-service.ts';
import type { OtherHost } from './state/host-folders.ts';

interface EarlierRuns {
  readonly service: Pick<LocalService, 'resumed' | 'videos' | 'engine'>;
  readonly others: readonly OtherHost[];
  /** The command that fetches the video of a task. */
  readonly howToFetch: (taskId: string) => string;
}

/** Failures behind which there is no video to be had. */
const WITHOUT_VIDEO: readonly string[] = ['GenerationFailed', 'InvalidRequest'];

/** What a start takes up of earlier runs, and what it found paid and not delivered: a line each. */
export function describeEarlierRuns({ service, others, howToFetch }: EarlierRuns): readonly string[] {
  const { resumed, videos } = service;
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
  return [...goingOn, ...undelivered, ...others.map(toLine)];
}

function paidAndUndelivered({
  videos,
  engine,
}: EarlierRuns['service']): readonly { readonly videoId: string; readonly taskId: string }[] {
  const ids = videos.ids();
  const delivered = new Set(ids.map((videoId) => videos.storedTask(videoId)));
  return ids.flatMap((videoId) => {
    const { taskId, error } = videos.job(videoId) ?? {};
    if (taskId === undefined || delivered.has(taskId)) return [];
    const hasNone = error !== undefined && WITHOUT_VIDEO.includes(error);
    const isRunning = engine.executions.get(videoId)?.status === 'RUNNING';
    return hasNone || isRunning ? [] : [{ videoId, taskId }];
  });
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
