import { Failure } from './core/failure.ts';
import { jobKey, type NewJob, resumed, type SubmittedJob, submitted } from './core/job.ts';
import type { CreatedTask } from './core/minimax-task.ts';
import { requireVideoRequest } from './core/request.ts';
import { createBucket } from './io/bucket.ts';
import { readEnvironment, toSchedule } from './io/environment.ts';
import { createMiniMax } from './io/minimax.ts';
import { storedKey } from './io/stored-key.ts';
import { createUploadedImages } from './io/uploaded-images.ts';
import { workflowStep } from './io/workflow-step.ts';

const environment = readEnvironment('submit-task');
const minimax = createMiniMax({
  host: environment.MINIMAX_API_HOST,
  apiKey: storedKey(environment.MINIMAX_KEY_SECRET),
  timeoutSeconds: Number(environment.MINIMAX_TIMEOUT_SECONDS),
});
const bucket = createBucket(environment.VIDEO_BUCKET);
const images = createUploadedImages(environment.VIDEO_BUCKET, bucket);
const schedule = toSchedule(environment);

/** How long writing the task down may hold up the workflow, which is told of it anyway. */
const RECORD_MS = 3_000;

/** Sends the one create call of this video. Only a failure that names itself as never accepted may be followed by another. */
export const handler = workflowStep<NewJob, SubmittedJob>(async (job, { signal, now, warn }) => {
  const request = requireVideoRequest(job.request);
  if ('task_id' in request) throw new Failure('InvalidRequest', 'A task_id is adopted, not submitted.');
  if (job.redrives > 0)
    return resumed({ ...job, request }, await bucket.readJson(jobKey(job.video_id)), now());
  const whole = await images.putInline(request, signal);
  /** Should this function's own answer be lost or be a failure, `Record failure` finds the task in the bucket. */
  const writeDown = async (task: CreatedTask): Promise<SubmittedJob> => {
    const card = submitted({ ...job, request }, task, { now: now(), schedule });
    await bucket.putJson(jobKey(job.video_id), card, AbortSignal.timeout(RECORD_MS)).catch(warn);
    return card;
  };
  const created = minimax.createTask(whole, signal).catch(async (error: unknown) => {
    if (error instanceof Failure && error.taskId !== undefined) await writeDown({ taskId: error.taskId });
    throw error;
  });
  return writeDown(await created);
});
