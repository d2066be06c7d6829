import { Failure } from './core/failure.ts';
import { type NewJob, type SubmittedJob, submitted } from './core/job.ts';
import { faultsSentence, toVideoRequest } from './core/request.ts';
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
});
const images = createUploadedImages(environment.VIDEO_BUCKET, createBucket(environment.VIDEO_BUCKET));
const schedule = toSchedule(environment);

/** Sends the one create call of this video. Only a failure that names itself as never accepted may be followed by another. */
export const handler = workflowStep<NewJob, SubmittedJob>(async (job, { signal, now }) => {
  const request = toVideoRequest(job.request);
  if (!request.ok)
    throw new Failure('InvalidRequest', `The request is wrong: ${faultsSentence(request.faults)}.`);
  if ('task_id' in request.value) throw new Failure('InvalidRequest', 'A task_id is adopted, not submitted.');
  const whole = await images.putInline(request.value, signal);
  const created = await minimax.createTask(whole, signal);
  return submitted({ ...job, request: request.value }, created, { now: now(), schedule });
});
