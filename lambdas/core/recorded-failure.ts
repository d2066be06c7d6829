import { errorMessageOf, FAILURES, type FailureName, isFailureName, type MoneySpent } from './failure.ts';
import { withoutInlineImages } from './inline-image.ts';
import type { CaughtError, CheckedJob, NewJob, SubmittedJob } from './job.ts';
import type { TaskStatus } from './minimax-task.ts';
import { faultsSentence, toVideoRequest } from './request.ts';

/**
 * What `Record failure` is given: `job` is what the failed step was given (the job document, or the bare request where no
 * step had succeeded yet) with the error that the workflow caught. The request is in it once, because it may be large.
 * An execution that was started with anything but a request comes here at once, with that as its `job`.
 */
export interface BrokenJob {
  readonly video_id: string;
  readonly created_at: string;
  readonly job: Partial<CheckedJob> & { readonly error?: CaughtError };
}

export interface FailedJob extends NewJob {
  readonly task?: SubmittedJob['task'];
  readonly check?: CheckedJob['check'];
  readonly error: CaughtError & { readonly title: string; readonly money_spent: MoneySpent };
  readonly finished_at: string;
  readonly redrives?: number;
}

/**
 * Turns whatever went wrong, in whichever state, into a named failure with one plain cause. A name of our own stands; any
 * other (a timeout, a crash) is named after what the job was doing, and before there is a task that is a doubtful create.
 */
export function failed(broken: BrokenJob, now: Date): FailedJob {
  const { created_at, request, task, check, redrives, error } = takenApart(broken);
  const taskId = task?.task_id ?? adoptedId(request);
  const name = nameOf(error.Error, taskId, check?.status);
  const { title, moneySpent: usually, advice: usualAdvice } = FAILURES[name];
  const isUnknownTask = name === 'InvalidRequest' && task?.adopted !== false;
  const isTaskAlive = taskId !== undefined && usually === 'no' && !isUnknownTask;
  const spentOnTask = check?.status === 'succeeded' ? 'yes' : 'maybe';
  const moneySpent = isTaskAlive ? spentOnTask : usually;
  const advice = isTaskAlive && name !== 'ContentRejected' ? ADOPT_LATER : usualAdvice;
  const cause = [
    happened(name, error),
    MONEY[moneySpent],
    advice,
    ...(name === 'SubmitOutcomeUnknown' ? [whatToLookFor(request, created_at, now)] : []),
    ...(moneySpent === 'no'
      ? []
      : [howToAdopt(taskId), task === undefined ? REDRIVE_FAILS : REDRIVE_GOES_ON]),
  ];
  return {
    video_id: broken.video_id,
    created_at,
    request: withoutInlineImages(request),
    ...(task === undefined ? {} : { task }),
    ...(check === undefined ? {} : { check }),
    ...(redrives === undefined ? {} : { redrives }),
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
const REDRIVE_GOES_ON = 'Redriving this execution goes on with the task as well, and submits nothing.';
const REDRIVE_FAILS = 'Redriving this execution submits nothing either, and fails again.';

const NEVER_INVOKED = 'Lambda.TooManyRequestsException';

function nameOf(errorName: string, taskId: string | undefined, status: TaskStatus | undefined): FailureName {
  if (isFailureName(errorName)) return errorName;
  if (taskId !== undefined) return status === 'succeeded' ? 'VideoUnreachable' : 'MiniMaxUnavailable';
  return errorName === NEVER_INVOKED ? 'MiniMaxBusy' : 'SubmitOutcomeUnknown';
}

interface Parts extends Partial<Pick<CheckedJob, 'task' | 'check' | 'redrives'>> {
  readonly created_at: string;
  readonly request: unknown;
  readonly error: CaughtError;
}

/** A job document has its request inside; before there is one, the request itself was handed on, whatever it was. */
function takenApart({ video_id, created_at, job }: BrokenJob): Parts {
  if (typeof job?.error?.Error !== 'string') return { created_at, request: job, error: wrongInput(job) };
  const { error, ...input } = job;
  if (job.video_id !== video_id) return { created_at, request: input, error };
  return { created_at, request: undefined, ...input, error };
}

function wrongInput(input: unknown): CaughtError {
  const checked = toVideoRequest(input);
  const why = checked.ok ? 'it was not understood' : faultsSentence(checked.faults);
  return { Error: 'InvalidRequest' satisfies FailureName, Cause: `The execution's input is wrong: ${why}` };
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

function howToAdopt(taskId: string | undefined): string {
  const id = taskId === undefined ? 'its id' : `"${taskId}"`;
  return `To adopt: POST /videos, or start an execution, with task_id ${id} as the only field.`;
}

/** MiniMax lists no tasks over its API, so a person has to find it. */
function whatToLookFor(request: unknown, createdAt: string, now: Date): string {
  const { template_id } = (request ?? {}) as { readonly template_id?: unknown };
  const template = typeof template_id === 'string' ? `of template ${template_id} and ` : '';
  return `It would be ${template}from between ${createdAt} and ${now.toISOString()}.`;
}
