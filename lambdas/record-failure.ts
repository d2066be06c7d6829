import { heldByAnother, isOver, type JobRecord } from './core/job/job-record.ts';
import {
  digestOfInput,
  type FailedStepInput,
  isCreateInDoubt,
  mayStillRun,
  withError,
} from './core/record-failure/classify.ts';
import { type FailedJob, toFailedJob, withRecordingError } from './core/record-failure/explain.ts';
import { createBucket } from './io/aws/bucket.ts';
import { readEnvironment } from './io/environment.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { stepHandler } from './io/lambda/step-handler.ts';

const environment = readEnvironment('record-failure');
const waitSeconds = Number(environment.RECORD_WAIT_SECONDS);
const records = createJobRecords(createBucket(environment.VIDEO_BUCKET));

/**
 * Writes down what went wrong, under one name and with one plain cause. Where nothing was written down before, this shuts out a
 * create that has not begun yet. A bucket that refuses must not hide the cause.
 */
export const handler = stepHandler<FailedStepInput, FailedJob>(async (broken, { signal, now }) => {
  const begunAt = now();
  const isInDoubt = isCreateInDoubt(broken);
  const toJob = (recorded?: JobRecord): FailedJob =>
    toFailedJob(isInDoubt && recorded !== undefined ? { ...broken, recorded } : broken, now());
  const seconds = mayStillRun(broken) ? waitSeconds : 0;
  const found = isInDoubt ? await records.find(broken, seconds, signal) : undefined;
  let job = toJob(found?.kind === 'record' ? found.record : undefined);
  const updated = await records
    .update(broken, (record) => {
      if (isOver(record, begunAt)) return undefined;
      job = toJob(record);
      return record === undefined ? { ...job, ...digestOfInput(broken) } : job;
    })
    .catch((refusal: Error) => ({ kind: 'refused', why: refusal.message }) as const);
  if (updated.kind === 'refused') return withRecordingError(job, updated.why);
  if (updated.kind === 'foreign') return toFailedJob(withError(broken, heldByAnother(updated.record)), now());
  return job;
});
