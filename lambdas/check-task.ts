import { setTimeout as after } from 'node:timers/promises';
import { Failure } from './core/failure.ts';
import { debounceMs, isBrokenWait } from './core/job/callback-state.ts';
import { toCheckedJob, toCheckFailure } from './core/job/checked-job.ts';
import { type CheckedJob, type WaitedJob, waitingSeconds } from './core/job/job.ts';
import type { Task } from './core/minimax/task.ts';
import { createLightAws } from './io/aws/fetch-client.ts';
import { createCallbackSignals } from './io/callback/signals.ts';
import { readAwsSurroundings, readEnvironment, toSchedule } from './io/environment.ts';
import { createMetricEmitter } from './io/lambda/emf.ts';
import { type Surroundings, stepHandler } from './io/lambda/step-handler.ts';
import { createApiKey } from './io/minimax/api-key.ts';
import { createMiniMax } from './io/minimax/client.ts';
import { confirmRefusal } from './io/minimax/confirm.ts';

const environment = readEnvironment('check-task');
const minimax = createMiniMax({
  host: environment.MINIMAX_API_HOST,
  apiKey: createApiKey(environment.MINIMAX_KEY_SECRET),
  timeoutSeconds: Number(environment.MINIMAX_TIMEOUT_SECONDS),
});
const signals = createCallbackSignals(
  createLightAws(readAwsSurroundings(environment.URL_SUFFIX)),
  environment.VIDEO_BUCKET,
);
const schedule = toSchedule(environment);
const pauseSeconds = Number(environment.QUERY_PAUSE_SECONDS);
const measures = createMetricEmitter();

/** Asks MiniMax how the task is doing, and when to ask again. What to do about it is the workflow's business. */
export const handler = stepHandler<WaitedJob, CheckedJob>(async (waited, { signal, now, warn }) => {
  const job = await withoutPending(waited, { signal, now, warn });
  const values = { WaitingSeconds: waitingSeconds(job, now()), Polls: 1 };
  const ask = (time: number): Promise<Task> => {
    measures.emit({ values: time === 1 ? values : { Polls: 1 } }, job.video_id);
    return minimax.queryTask(job.task, signal);
  };
  const task = await confirmRefusal(ask, pauseSeconds, signal).catch((error: unknown) => {
    throw error instanceof Failure ? toCheckFailure(job, error, { now: now(), schedule }) : error;
  });
  if (job.callback !== undefined && !isBrokenWait(job.callback))
    measures.emit({ values: { Callbacks: 1 } }, job.video_id);
  return toCheckedJob(job, task, { now: now(), schedule });
});

/** Forgets the callbacks so far. One that cannot be deleted would end each wait from now on, so that nobody listens then. */
async function withoutPending(
  job: WaitedJob,
  { signal, now, warn }: Pick<Surroundings, 'signal' | 'now' | 'warn'>,
): Promise<WaitedJob> {
  if (job.callbacks === undefined) return job;
  await after(debounceMs(job, now(), pauseSeconds), undefined, { signal });
  try {
    await signals.clearPending(job.video_id);
    return job;
  } catch (error) {
    const { name, message } = error as Error;
    warn(error as Error);
    return job.callbacks.active ? { ...job, callback: { Error: name, Cause: message } } : job;
  }
}
