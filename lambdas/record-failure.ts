import type { FailedJob } from './core/record-failure/explain.ts';
import type { FailedStepInput } from './core/record-failure/failed-step.ts';
import { createBucket } from './io/aws/bucket.ts';
import { readEnvironment } from './io/environment.ts';
import { recordFailure } from './io/job/failure-record.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { stepHandler } from './io/lambda/step-handler.ts';

const environment = readEnvironment('record-failure');
const waitSeconds = Number(environment.RECORD_WAIT_SECONDS);
const records = createJobRecords(createBucket(environment.VIDEO_BUCKET));

/**
 * Writes down what went wrong, under one name and with one plain cause. Where `job.json` did not exist, this keeps a create that
 * has not begun from being sent.
 */
export const handler = stepHandler<FailedStepInput, FailedJob>((failed, { signal, now }) =>
  recordFailure(records, failed, { waitSeconds, now, signal }),
);
