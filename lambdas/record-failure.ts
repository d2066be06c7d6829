import { type BrokenJob, isCreateInDoubt, mayStillRun } from './core/broken-job.ts';
import { isOver } from './core/job-record.ts';
import { type FailedJob, failed, unrecorded } from './core/recorded-failure.ts';
import { createBucket } from './io/bucket.ts';
import { readEnvironment } from './io/environment.ts';
import { createJobRecord } from './io/job-record.ts';
import { workflowStep } from './io/workflow-step.ts';

const environment = readEnvironment('record-failure');
const waitSeconds = Number(environment.RECORD_WAIT_SECONDS);
const record = createJobRecord(createBucket(environment.VIDEO_BUCKET));

/** Writes down what went wrong, under one name and with one plain cause. A bucket that refuses must not hide that cause. */
export const handler = workflowStep<BrokenJob, FailedJob>(async (broken, { signal, now }) => {
  const seconds = mayStillRun(broken) ? waitSeconds : 0;
  const begunAt = now();
  const isInDoubt = isCreateInDoubt(broken);
  const toJob = (found: unknown): FailedJob =>
    failed({ ...broken, recorded: isInDoubt ? found : undefined }, now());
  const job = toJob(isInDoubt ? await record.find(broken, seconds, signal) : undefined);
  return await record
    .update(broken.video_id, (found) => (isOver(found, begunAt) ? undefined : toJob(found)))
    .then(
      (written) => written ?? job,
      (refusal: Error) => unrecorded(job, refusal.message),
    );
});
