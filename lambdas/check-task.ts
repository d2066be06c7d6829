import { Failure } from './core/failure.ts';
import { isBrokenWait } from './core/job/callback-state.ts';
import { toCheckedJob, toCheckFailure } from './core/job/checked-job.ts';
import { type CheckedJob, type WaitedJob, waitingSeconds } from './core/job/job.ts';
import type { Task } from './core/minimax/task.ts';
import { createJsonObjects } from './io/aws/s3-objects.ts';
import { createS3Client } from './io/callback/clients.ts';
import { createPendingCallbacks } from './io/callback/pending.ts';
import { readEnvironment, toSchedule } from './io/environment.ts';
import { createMetricEmitter } from './io/lambda/emf.ts';
import { stepHandler } from './io/lambda/step-handler.ts';
import { createApiKey } from './io/minimax/api-key.ts';
import { createMiniMax } from './io/minimax/client.ts';
import { confirmRejection } from './io/minimax/confirm.ts';

const environment = readEnvironment('check-task');
const minimax = createMiniMax({
  host: environment.MINIMAX_API_HOST,
  apiKey: createApiKey(environment.MINIMAX_KEY_SECRET),
  timeoutSeconds: Number(environment.MINIMAX_TIMEOUT_SECONDS),
});
const pauseSeconds = Number(environment.QUERY_PAUSE_SECONDS);
const objects = createJsonObjects(environment.VIDEO_BUCKET, createS3Client());
const pending = createPendingCallbacks(objects, pauseSeconds);
const schedule = toSchedule(environment);
const metrics = createMetricEmitter();

/** Asks MiniMax for the status of the task, and says when to ask again. The workflow acts on it. */
export const handler = stepHandler<WaitedJob, CheckedJob>(async (waited, context) => {
  const { signal, now } = context;
  const job = await pending.clear(waited, context);
  const values = { WaitingSeconds: waitingSeconds(job, now()), Polls: 1 };
  const ask = (attempt: number): Promise<Task> => {
    metrics.emit({ values: attempt === 1 ? values : { Polls: 1 } }, job.video_id);
    return minimax.queryTask(job.task, signal);
  };
  const task = await confirmRejection(ask, pauseSeconds, signal).catch((error: unknown) => {
    throw error instanceof Failure ? toCheckFailure(job, error, { now: now(), schedule }) : error;
  });
  if (job.callback !== undefined && !isBrokenWait(job.callback))
    metrics.emit({ values: { Callbacks: 1 } }, job.video_id);
  return toCheckedJob(job, task, { now: now(), schedule });
});
