import { Failure } from './core/failure.ts';
import { type NewJob, type SubmittedJob, submitted } from './core/job.ts';
import { resumed } from './core/job-record.ts';
import type { CreatedTask } from './core/minimax-task.ts';
import { requireVideoRequest } from './core/request.ts';
import { createBucket } from './io/bucket.ts';
import { readEnvironment, toSchedule } from './io/environment.ts';
import { createJobRecord } from './io/job-record.ts';
import { createMiniMax } from './io/minimax.ts';
import { storedKey } from './io/stored-key.ts';
import { createUploadedImages } from './io/uploaded-images.ts';
import { workflowStep } from './io/workflow-step.ts';

/** So short that the create, which must not be cut off, keeps the time that it is worth. */
const IMAGES_MS = 10_000;

const environment = readEnvironment('submit-task');
const minimax = createMiniMax({
  host: environment.MINIMAX_API_HOST,
  apiKey: storedKey(environment.MINIMAX_KEY_SECRET),
  timeoutSeconds: Number(environment.MINIMAX_TIMEOUT_SECONDS),
});
const bucket = createBucket(environment.VIDEO_BUCKET);
const images = createUploadedImages(environment.VIDEO_BUCKET, bucket);
const record = createJobRecord(bucket);
const schedule = toSchedule(environment);

/** Sends the one create call of this video. Only a failure that names itself as never accepted may be followed by another. */
export const handler = workflowStep<NewJob, SubmittedJob>(async (job, { signal, now, warn }) => {
  const request = requireVideoRequest(job.request);
  if ('task_id' in request) throw new Failure('InvalidRequest', 'A task_id is adopted, not submitted.');
  const newJob = { ...job, request };
  if (job.redrives > 0)
    return resumed(newJob, await record.find(job, Number(environment.RECORD_WAIT_SECONDS), signal), now());

  const writeDown = async (task: CreatedTask): Promise<SubmittedJob> => {
    const card = submitted(newJob, task, { now: now(), schedule });
    await record.write(card).catch(warn);
    return card;
  };
  const whole = await images.putInline(request, AbortSignal.any([signal, AbortSignal.timeout(IMAGES_MS)]));
  const created = minimax.createTask(whole, signal).catch(async (error: unknown) => {
    if (error instanceof Failure && error.taskId !== undefined) await writeDown({ taskId: error.taskId });
    throw error;
  });
  return writeDown(await created);
});
