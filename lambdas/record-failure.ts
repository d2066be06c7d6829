import { type BrokenJob, type FailedJob, failed, unrecorded } from './core/recorded-failure.ts';
import { createBucket } from './io/bucket.ts';
import { readEnvironment } from './io/environment.ts';
import { workflowStep } from './io/workflow-step.ts';

const environment = readEnvironment('record-failure');
const bucket = createBucket(environment.VIDEO_BUCKET);

/** Writes down what went wrong, under one name and with one plain cause. A bucket that refuses must not hide that cause. */
export const handler = workflowStep<BrokenJob, FailedJob>(async (broken, { now }) => {
  const job = failed(broken, now());
  return await bucket.putJson(`videos/${job.video_id}/job.json`, job).then(
    () => job,
    (refusal: Error) => unrecorded(job, refusal.message),
  );
});
