import { setTimeout as after } from 'node:timers/promises';
import { Failure } from './core/failure.ts';
import {
  type CheckedJob,
  checkFailed,
  debounceMs,
  isBrokenWait,
  toCheckedJob,
  type WaitedJob,
} from './core/job/job.ts';
import { waitingSeconds } from './core/job/job-age.ts';
import type { Task } from './core/minimax/task.ts';
import { createJsonObjects } from './io/aws/s3-objects.ts';
import { createS3Client } from './io/callback/clients.ts';
import { clearPending } from './io/callback/signals.ts';
import { readEnvironment, toSchedule } from './io/environment.ts';
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
const objects = createJsonObjects(environment.VIDEO_BUCKET, createS3Client());
const schedule = toSchedule(environment);
const pauseSeconds = Number(environment.QUERY_PAUSE_SECONDS);
const measures = createMetricEmitter();

/** Asks MiniMax for the status of the task, and says when to ask again. The workflow acts on it. */
export const handler = stepHandler<WaitedJob, CheckedJob>(async (waited, { signal, now, warn }) => {
  const job = await withoutPending(waited, { signal, now, warn });
  const values = { WaitingSeconds: waitingSeconds(job, now()), Polls: 1 };
  const ask = (time: number): Promise<Task> => {
    measures.emit({ values: time === 1 ? values : { Polls: 1 } }, job.video_id);
    return minimax.queryTask(job.task.task_id, signal);
  };
  const task = await confirmRefusal(ask, pauseSeconds, signal).catch((error: unknown) => {
    throw error instanceof Failure ? checkFailed(job, error, { now: now(), schedule }) : error;
  });
  if (job.callback !== undefined && !isBrokenWait(job.callback))
    measures.emit({ values: { Callbacks: 1 } }, job.video_id);
  return toCheckedJob(job, task, { now: now(), schedule });
});

/** Deletes the callback before the check. One that cannot be deleted would end every later wait at once, so the job is polled then. */
async function withoutPending(
  job: WaitedJob,
  { signal, now, warn }: Pick<Surroundings, 'signal' | 'now' | 'warn'>,
): Promise<WaitedJob> {
  if (job.callbacks === undefined) return job;
  await after(debounceMs(job, now(), pauseSeconds), undefined, { signal });
  try {
    await clearPending(objects, job.video_id);
    return job;
  } catch (error) {
    const { name, message } = error as Error;
    warn(error as Error);
    return job.callbacks.active ? { ...job, callback: { Error: name, Cause: message } } : job;
  }
}
