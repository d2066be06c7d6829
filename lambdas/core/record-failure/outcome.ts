import type { CaughtError, CheckedJob, SubmittedJob } from '../job/job.ts';
import { type ExecutionKey, type JobRecord, recordedTask } from '../job/job-record.ts';
import { jobKey } from '../storage-keys.ts';
import { plain } from '../text/plain.ts';
import type { FailedStepInput } from './classify.ts';
import { type FailedJob, toFailedJob, withRecordingError } from './explain.ts';

/** The error of `Video failed` where Step Functions did not take its answer; the workflow repeats it. */
export const OUTCOME_UNDELIVERED = 'OutcomeUndelivered';

/**
 * What `Video failed` is given: the card that `Record failure` wrote, or where even that step broke, what it had been given
 * with `record_failure`, the error that ended it.
 */
export interface EndedJob extends ExecutionKey, Pick<FailedStepInput, 'redrives'> {
  readonly task_token: string;
  readonly job: FailedJob | UnrecordedJob;
}

/** The same with the video's job document as it lies in the bucket. */
export interface EndedFailureContext extends EndedJob {
  readonly recorded?: JobRecord;
  /** Why the document could not be read, where it may name a task. */
  readonly unread?: string;
}

type UnrecordedJob = FailedStepInput['job'] & { readonly record_failure: CaughtError };

/** Either the execution fails with this name and cause, or a redrive takes the job up where it can go on without a create. */
export type Outcome = { readonly error: CaughtError } | { readonly goesOn: SubmittedJob };

/** The first time it fails; when it is redriven, a job whose task is known goes on with it, and is waited for anew. */
export function decideOutcome(ended: EndedFailureContext, now: Date): Outcome {
  const { redrives, recorded, unread } = ended;
  const job = isRecorded(ended.job) ? ended.job : recordedLate(ended, ended.job, now);
  const { error, finished_at: _finished, task = recordedTask(recorded, ended), ...card } = job;
  const isRedrive = redrives > job.redrives;
  if (!isRedrive || task === undefined) {
    const doubt = unread === undefined ? '' : ` ${mayNameTask(ended.video_id, unread)}`;
    return { error: { Error: error.Error, Cause: `${error.Cause}${doubt}` } };
  }
  const waiting = { ...task, waiting_since: now.toISOString() };
  return {
    goesOn: { ...card, task: waiting, redrives, wait_seconds: 0 } as SubmittedJob & Partial<CheckedJob>,
  };
}

function mayNameTask(videoId: string, why: string): string {
  return `The object ${jobKey(videoId)} could not be read and may name the task: look there first (${plain(why)}).`;
}

/** May the bucket know of a task that the card does not name, because it was written down too late? */
export function needsStoredTask({ job }: EndedJob): boolean {
  return job.task === undefined && (!isRecorded(job) || job.error.Error === 'SubmitOutcomeUnknown');
}

function isRecorded(job: EndedJob['job']): job is FailedJob {
  return !('record_failure' in job);
}

function recordedLate(
  { task_token: _token, unread: _unread, ...ended }: EndedFailureContext,
  { record_failure, ...job }: UnrecordedJob,
  now: Date,
): FailedJob {
  const recorded = toFailedJob({ ...ended, redrives: job.redrives ?? 0, job }, now);
  return withRecordingError(recorded, `the step that writes it ended with ${record_failure.Error}.`);
}
