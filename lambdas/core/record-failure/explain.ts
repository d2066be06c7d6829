import { MAX_REQUEST_BYTES, utf8Length } from '../api/request.ts';
import { errorMessageOf, FAILURES, type MoneySpent, type RetryKind } from '../failure.ts';
import type { CaughtError, CheckedJob, JobTask } from '../job/job.ts';
import type { ExecutionKey } from '../job/job-record.ts';
import { asRecorded } from '../job/recorded-request.ts';
import { STATES } from '../states.ts';
import { plain, printable, shortened } from '../text/plain.ts';
import { classify, type FailureAnalysis, type FailureContext, NEVER_INVOKED } from './classify.ts';
import { assessCost } from './cost.ts';
import { toFailureName } from './failure-name.ts';
import { recoverySteps } from './recovery.ts';

/** What `Record failure` writes into `job.json` and hands on. It has no `video`: after a redrive the job continues at `Check task`. */
export interface FailedJob extends ExecutionKey {
  readonly request: unknown;
  readonly owner?: string;
  readonly task?: JobTask;
  readonly check?: CheckedJob['check'];
  readonly error: RecordedError;
  readonly finished_at: string;
  /** How often the execution had been redriven when this happened. */
  readonly redrives: number;
}

export interface RecordedError extends CaughtError {
  readonly title: string;
  readonly money_spent: MoneySpent;
  readonly retry: RetryKind;
}

/** Makes a named failure with one plain cause (what happened, what it cost, what to do) of any error in any state. */
export function toFailedJob(context: FailureContext, now: Date): FailedJob {
  const { video_id, execution_arn, redrives } = context;
  const failure = classify(context);
  const { created_at, request, owner, task, check } = failure;
  return {
    video_id,
    created_at,
    execution_arn,
    request: truncateLargeRequest(asRecorded(request)),
    owner,
    task,
    check,
    error: toRecordedError(failure, now),
    finished_at: now.toISOString(),
    redrives,
  };
}

function toRecordedError(failure: FailureAnalysis, now: Date): RecordedError {
  const { moneySpent, cost, advice, retry } = assessCost(failure);
  const steps = moneySpent === 'no' ? [] : recoverySteps(failure, now);
  const sentences = [describeError(failure), cost, advice, ...steps];
  return {
    Error: failure.name,
    Cause: sentences.filter((sentence) => sentence !== '').join(' '),
    title: titleOf(failure),
    money_spent: moneySpent,
    retry,
  };
}

/** The failure. Its cause also says that it could not be written into `job.json`. */
export function withRecordingError(job: FailedJob, why: string): FailedJob {
  const Cause = `${job.error.Cause} The failure could not be written into job.json at once: ${why}`;
  return { ...job, error: { ...job.error, Cause } };
}

/** Enough for every sentence of our own. It limits what MiniMax and AWS say. */
const MAX_DESCRIPTION_CHARACTERS = 1_000;

/** What happened. */
function describeError({ name, step, error, task, taskId }: FailureAnalysis): string {
  const { Error: errorName, Cause } = error;
  if (errorName === NEVER_INVOKED)
    return `AWS Lambda could not start the step ${step} because too many functions were running.`;
  if (name === toFailureName(errorName))
    return asSentence(shortened(printable(errorMessageOf(Cause)), MAX_DESCRIPTION_CHARACTERS));
  const ended = `The step ${step} ended with ${plain(errorName)} instead of a result`;
  const wasAccepted = step === STATES.submitTask && task !== undefined;
  return wasAccepted ? `${ended}, after MiniMax had accepted the task ${plain(taskId ?? '')}.` : `${ended}.`;
}

/** What kind of failure it is. An error that no code of ours has named is a fault of the step. */
function titleOf({ name, step, error }: FailureAnalysis): string {
  return toFailureName(error.Error) !== undefined ? FAILURES[name].title : `The step ${step} failed`;
}

/**
 * The console accepts larger inputs than fit beside a failure in the 256 KiB state. The full request remains in the execution's
 * input.
 */
export function truncateLargeRequest(request: unknown): unknown {
  const bytes = utf8Length(JSON.stringify(request) ?? '');
  return bytes <= MAX_REQUEST_BYTES ? request : `(${bytes} bytes: see the execution's input)`;
}

function asSentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}
