import type { CaughtError, CheckedJob, SubmittedJob } from '../job/job.ts';
import { type ExecutionKey, type JobRecord, recordedTask } from '../job/job-record.ts';
import { jobKey } from '../storage-keys.ts';
import { plain } from '../text/plain.ts';
import { type FailedJob, toFailedJob, withRecordingError } from './explain.ts';
import type { FailedStepInput } from './failed-step.ts';

/** The error of `Video failed` where Step Functions did not take its answer; the workflow repeats it. */
export const OUTCOME_UNDELIVERED = 'OutcomeUndelivered';

/**
 * What `Video failed` is given. `job` is what `Record failure` handed on. Where that step failed too, it is what that step had
 * been given, with the error that ended it as `record_failure`.
 */
export interface EndedJob extends ExecutionKey, Pick<FailedStepInput, 'redrives'> {
  readonly task_token: string;
  readonly job: FailedJob | UnrecordedJob;
}

/** An ended job, with the video's job document as it is in the bucket. */
export interface EndedFailureContext extends EndedJob {
  readonly recorded?: JobRecord;
  /** Why the document could not be read, where it may name a task. */
  readonly unread?: string;
}

type UnrecordedJob = FailedStepInput['job'] & { readonly record_failure: CaughtError };

/** The execution fails with this error, or a redrive resumes the job. It resumes only where no create is needed. */
export type Outcome =
  | { readonly error: CaughtError }
  | { readonly resume: SubmittedJob & Partial<Pick<CheckedJob, 'check'>> };

/** A job fails the first time. A redrive continues a known task, and waits for it anew. */
export function decideOutcome(ended: EndedFailureContext, now: Date): Outcome {
  const { redrives, recorded, unread } = ended;
  const job = isRecorded(ended.job) ? ended.job : toLateRecord(ended, ended.job, now);
  const { error, finished_at: _finished, task = recordedTask(recorded, ended), ...rest } = job;
  const isRedrive = redrives > job.redrives;
  if (isRedrive && task !== undefined) {
    const waiting = { ...task, waiting_since: now.toISOString() };
    return { resume: { ...rest, task: waiting, redrives, wait_seconds: 0 } };
  }
  const doubt = unread === undefined ? '' : ` ${mayNameTask(ended.video_id, unread)}`;
  return { error: { Error: error.Error, Cause: `${error.Cause}${doubt}` } };
}

function mayNameTask(videoId: string, why: string): string {
  return `The object ${jobKey(videoId)} could not be read and may name the task: read it first (${plain(why)}).`;
}

/** May `job.json` name a task that the job does not, because it was written down too late? */
export function needsStoredTask({ job }: EndedJob): boolean {
  return job.task === undefined && (!isRecorded(job) || job.error.Error === 'SubmitOutcomeUnknown');
}

function isRecorded(job: EndedJob['job']): job is FailedJob {
  return !('record_failure' in job);
}

/** Replaces `Record failure` where that step failed. It writes nothing into `job.json`. */
function toLateRecord(ended: EndedFailureContext, job: UnrecordedJob, now: Date): FailedJob {
  const { video_id, created_at, execution_arn, recorded } = ended;
  const { record_failure, ...failed } = job;
  const redrives = failed.redrives ?? 0;
  const context = { video_id, created_at, execution_arn, recorded, redrives, job: failed };
  const late = toFailedJob(context, now);
  return withRecordingError(late, `the step that writes it ended with ${record_failure.Error}.`);
}
