import { type BrokenJob, isCreateInDoubt, mayStillRun } from './core/broken-job.ts';
import { jobKey } from './core/job-record.ts';
import { type FailedJob, failed, unrecorded } from './core/recorded-failure.ts';
import { createBucket } from './io/bucket.ts';
import { readEnvironment } from './io/environment.ts';
import { createJobRecord } from './io/job-record.ts';
import { workflowStep } from './io/workflow-step.ts';

const environment = readEnvironment('record-failure');
const waitSeconds = Number(environment.RECORD_WAIT_SECONDS);
const bucket = createBucket(environment.VIDEO_BUCKET);
const record = createJobRecord(bucket);

/** Writes down what went wrong, under one name and with one plain cause. A bucket that refuses must not hide that cause. */
export const handler = workflowStep<BrokenJob, FailedJob>(async (broken, { signal, now }) => {
  const seconds = mayStillRun(broken) ? waitSeconds : 0;
  const recorded = isCreateInDoubt(broken) ? await record.find(broken, seconds, signal) : undefined;
  const job = failed({ ...broken, recorded }, now());
  return await bucket.putJson(jobKey(broken.video_id), job).then(
    () => job,
    (refusal: Error) => unrecorded(job, refusal.message),
  );
});
