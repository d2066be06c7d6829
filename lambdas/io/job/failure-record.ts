import { heldByAnother, isOver, type JobRecord } from '../../core/job/job-record.ts';
import {
  digestOfInput,
  isCreateInDoubt,
  mayStillRun,
  withError,
} from '../../core/record-failure/classify.ts';
import { type FailedJob, toFailedJob, withRecordingError } from '../../core/record-failure/explain.ts';
import type { FailedStepInput } from '../../core/record-failure/failed-step.ts';
import type { JobRecords } from './job-record.ts';

interface Options {
  /** How long to wait for the task of a create that may still be in progress. */
  readonly waitSeconds: number;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** Writes into `job.json` what went wrong. An error of S3 is added to the cause and does not replace it. */
export async function recordFailure(
  records: Pick<JobRecords, 'find' | 'update'>,
  failed: FailedStepInput,
  { waitSeconds, now, signal }: Options,
): Promise<FailedJob> {
  const begunAt = now();
  const isInDoubt = isCreateInDoubt(failed);
  const toJob = (recorded?: JobRecord): FailedJob =>
    toFailedJob(isInDoubt ? { ...failed, recorded } : failed, now());
  const seconds = mayStillRun(failed) ? waitSeconds : 0;
  const found = isInDoubt ? await records.find(failed, seconds, signal) : undefined;
  let job = toJob(found?.kind === 'record' ? found.record : undefined);
  const updated = await records
    .update(failed, (record) => {
      if (isOver(record, begunAt)) return undefined;
      job = toJob(record);
      return record === undefined ? { ...job, ...digestOfInput(failed) } : job;
    })
    .catch((error: Error) => ({ kind: 'failed', why: error.message }) as const);
  if (updated.kind === 'failed') return withRecordingError(job, updated.why);
  if (updated.kind === 'foreign') return toFailedJob(withError(failed, heldByAnother(updated.record)), now());
  return job;
}
