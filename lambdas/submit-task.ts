import { Failure } from './core/failure.ts';
import { type NewJob, type SubmittedJob, submitted } from './core/job.ts';
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
const images = createUploadedImages(environment.VIDEO_BUCKET, createBucket(environment.VIDEO_BUCKET));
const schedule = toSchedule(environment);

/** Sends the one create call of this video. Only a failure that names itself as never accepted may be followed by another. */
export const handler = workflowStep<NewJob, SubmittedJob>(async (job, { signal, now }) => {
  const request = requireVideoRequest(job.request);
  if ('task_id' in request) throw new Failure('InvalidRequest', 'A task_id is adopted, not submitted.');
  const whole = await images.putInline(request, signal);
  const created = await minimax.createTask(whole, signal);
  return submitted({ ...job, request }, created, { now: now(), schedule });
});
