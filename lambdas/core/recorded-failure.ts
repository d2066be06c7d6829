import { errorMessageOf, FAILURES, type FailureName, isFailureName, type MoneySpent } from './failure.ts';
import { withoutInlineImages } from './inline-image.ts';
import type { CaughtError, CheckedJob, NewJob, SubmittedJob } from './job.ts';
import type { TaskStatus } from './minimax-task.ts';

/**
 * What `Record failure` is given: `job` is what the failed step was given (the job document, or the bare request where no
 * step had succeeded yet) with the error that the workflow caught. The request is in it once, because it may be large.
 */
export interface BrokenJob {
  readonly video_id: string;
  readonly created_at: string;
  readonly job: Partial<CheckedJob> & { readonly error: CaughtError };
}

export interface FailedJob extends NewJob {
  readonly task?: SubmittedJob['task'];
  readonly check?: CheckedJob['check'];
  readonly error: CaughtError & { readonly title: string; readonly money_spent: MoneySpent };
  readonly finished_at: string;
}

/**
 * Turns whatever went wrong, in whichever state, into a named failure with one plain cause. A name of our own stands; any
 * other (a timeout, a crash) is named after what the job was doing, and before there is a task that is a doubtful create.
 */
export function failed({ video_id, created_at, job }: BrokenJob, now: Date): FailedJob {
  const { error, ...input } = job;
  const isJob = job.video_id === video_id;
  const { task, check }: Partial<CheckedJob> = isJob ? job : {};
  const request: unknown = isJob ? job.request : input;
  const taskId = task?.task_id ?? adoptedId(request);
  const name = nameOf(error.Error, taskId, check?.status);
  const { title, moneySpent: usually, advice: usualAdvice } = FAILURES[name];
  const isUnknownTask = name === 'InvalidRequest' && task?.adopted !== false;
  const isTaskAlive = taskId !== undefined && usually === 'no' && !isUnknownTask;
  const spentOnTask = check?.status === 'succeeded' ? 'yes' : 'maybe';
  const moneySpent = isTaskAlive ? spentOnTask : usually;
  const advice = isTaskAlive && name !== 'ContentRejected' ? ADOPT_LATER : usualAdvice;
  const cause = [happened(name, error), MONEY[moneySpent], advice, howToAdopt(moneySpent, taskId)];
  return {
    video_id,
    created_at,
    request: withoutInlineImages(request),
    ...(task === undefined ? {} : { task }),
    ...(check === undefined ? {} : { check }),
    error: {
      Error: name,
      Cause: cause.filter((part) => part !== '').join(' '),
      title,
      money_spent: moneySpent,
    },
    finished_at: now.toISOString(),
  };
}

/** The same failure, saying as well that it is written down nowhere else. */
export function unrecorded(job: FailedJob, why: string): FailedJob {
  return { ...job, error: { ...job.error, Cause: `${job.error.Cause} job.json is missing: ${why}` } };
}

const MONEY: Readonly<Record<MoneySpent, string>> = {
  no: 'No money was spent.',
  maybe: 'Money may have been spent.',
  yes: 'The video is paid for.',
};

/** To send the request again would pay for the same video twice. */
const ADOPT_LATER = 'Do not send the request again; adopt the task when that is mended.';

const NEVER_INVOKED = 'Lambda.TooManyRequestsException';

function nameOf(errorName: string, taskId: string | undefined, status: TaskStatus | undefined): FailureName {
  if (isFailureName(errorName)) return errorName;
  if (taskId !== undefined) return status === 'succeeded' ? 'VideoUnreachable' : 'MiniMaxUnavailable';
  return errorName === NEVER_INVOKED ? 'MiniMaxBusy' : 'SubmitOutcomeUnknown';
}

function adoptedId(request: unknown): string | undefined {
  const { task_id } = (request ?? {}) as { readonly task_id?: unknown };
  return typeof task_id === 'string' ? task_id : undefined;
}

function happened(name: FailureName, { Error: errorName, Cause }: CaughtError): string {
  if (errorName === NEVER_INVOKED)
    return 'AWS Lambda could not be started because too many functions were running.';
  if (name === errorName) return asSentence(errorMessageOf(Cause));
  return `The step ended with ${errorName} instead of a result.`;
}

function asSentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}

function howToAdopt(moneySpent: MoneySpent, taskId: string | undefined): string {
  if (moneySpent === 'no') return '';
  const id = taskId === undefined ? 'its id' : `"${taskId}"`;
  return `To adopt: POST /videos, or start an execution, with task_id ${id} as the only field.`;
}
