import { type BrokenJob, isCreateInDoubt } from './core/broken-job.ts';
import { jobKey } from './core/job.ts';
import { type FailedJob, failed, unrecorded } from './core/recorded-failure.ts';
import { createBucket } from './io/bucket.ts';
import { readEnvironment } from './io/environment.ts';
import { workflowStep } from './io/workflow-step.ts';

const environment = readEnvironment('record-failure');
const bucket = createBucket(environment.VIDEO_BUCKET);

/** Writes down what went wrong, under one name and with one plain cause. A bucket that refuses must not hide that cause. */
export const handler = workflowStep<BrokenJob, FailedJob>(async (broken, { now, warn }) => {
  const key = jobKey(broken.video_id);
  const recorded = isCreateInDoubt(broken) ? await bucket.readJson(key).catch(warn) : undefined;
  const job = failed({ ...broken, recorded }, now());
  return await bucket.putJson(key, job).then(
    () => job,
    (refusal: Error) => unrecorded(job, refusal.message),
  );
});
