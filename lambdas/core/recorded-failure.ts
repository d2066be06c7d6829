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

/** The same with what lies in the bucket as the video's job document: `Submit task` puts it there once it knows a task. */
export interface Evidence extends BrokenJob {
  readonly recorded?: unknown;
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
export function failed(evidence: Evidence, now: Date): FailedJob {
  const broken = takenApart(evidence);
  const { name, created_at, request, task, check, redrives } = broken;
  const { moneySpent, advice } = billOf(broken);
  const wayOn = moneySpent === 'no' ? [] : wayOnOf(broken, now);
  return {
    video_id: evidence.video_id,
    created_at,
    request: withoutInlineImages(request),
    ...(task === undefined ? {} : { task }),
    ...(check === undefined ? {} : { check }),
    ...(redrives === undefined ? {} : { redrives }),
    error: {
      Error: name,
      Cause: [happened(broken), MONEY[moneySpent], advice, ...wayOn].filter((part) => part !== '').join(' '),
      title: FAILURES[name].title,
      money_spent: moneySpent,
    },
    finished_at: now.toISOString(),
  };
}

/** Did a create go out, or may it have, without the workflow being told what became of it? */
export function isCreateInDoubt(broken: BrokenJob): boolean {
  return takenApart(broken).name === 'SubmitOutcomeUnknown';
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
const ADOPT_INSTEAD = 'Do not send the request again; adopt the task instead.';
const REDRIVE_GOES_ON = 'Redriving this execution goes on with the task as well, and submits nothing.';
const REDRIVE_FAILS = 'Redriving this execution submits nothing either, and fails again.';

const NEVER_INVOKED = 'Lambda.TooManyRequestsException';

interface Broken extends Partial<Pick<CheckedJob, 'task' | 'check' | 'redrives'>> {
  readonly name: FailureName;
  readonly created_at: string;
  readonly request: unknown;
  readonly error: CaughtError;
  /** The task in question, as far as anybody knows: of the job, of the request, or of the record in the bucket. */
  readonly taskId?: string;
}

function takenApart(evidence: Evidence): Broken {
  const { request, error, task: ownTask, check, ...job } = toParts(evidence);
  const ownId = ownTask?.task_id ?? adoptedId(request);
  const task = ownTask ?? recordedTask(evidence.recorded);
  const taskId = ownId ?? task?.task_id;
  return {
    ...job,
    name: nameOf(error.Error, ownId, check?.status),
    request,
    error,
    ...(check === undefined ? {} : { check }),
    ...(task === undefined ? {} : { task }),
    ...(taskId === undefined ? {} : { taskId }),
  };
}

type Parts = Omit<Broken, 'name' | 'taskId'>;

/** A job document has its request inside; before there is one, the request itself was handed on, whatever it was. */
function toParts({ video_id, created_at, job }: BrokenJob): Parts {
  if (typeof job?.error?.Error !== 'string') return { created_at, request: job, error: wrongInput(job) };
  const { error, ...input } = job;
  if (job.video_id !== video_id) return { created_at, request: input, error };
  const { task, check, redrives } = job;
  return {
    created_at: job.created_at ?? created_at,
    request: job.request,
    error,
    ...(task === undefined ? {} : { task }),
    ...(check === undefined ? {} : { check }),
    ...(redrives === undefined ? {} : { redrives }),
  };
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

function recordedTask(recorded: unknown): SubmittedJob['task'] | undefined {
  const { task } = (recorded ?? {}) as Partial<SubmittedJob>;
  return typeof task?.task_id === 'string' ? task : undefined;
}

function nameOf(errorName: string, taskId: string | undefined, status: TaskStatus | undefined): FailureName {
  if (isFailureName(errorName)) return errorName;
  if (taskId !== undefined) return status === 'succeeded' ? 'VideoUnreachable' : 'MiniMaxUnavailable';
  return errorName === NEVER_INVOKED ? 'MiniMaxBusy' : 'SubmitOutcomeUnknown';
}

/** What the failure costs, which is never nothing once there is a task, and what to do about it. */
function billOf({ name, task, taskId, check }: Broken): {
  readonly moneySpent: MoneySpent;
  readonly advice: string;
} {
  const { moneySpent: usually, advice } = FAILURES[name];
  const isUnknownTask = name === 'InvalidRequest' && task?.adopted !== false;
  if (name === 'SubmitOutcomeUnknown' && taskId !== undefined)
    return { moneySpent: usually, advice: ADOPT_INSTEAD };
  if (taskId === undefined || usually !== 'no' || isUnknownTask) return { moneySpent: usually, advice };
  const moneySpent = check?.status === 'succeeded' ? 'yes' : 'maybe';
  return { moneySpent, advice: name === 'ContentRejected' ? advice : ADOPT_LATER };
}

function happened({ name, error, task, taskId }: Broken): string {
  const { Error: errorName, Cause } = error;
  if (errorName === NEVER_INVOKED)
    return 'AWS Lambda could not be started because too many functions were running.';
  if (name === errorName) return asSentence(errorMessageOf(Cause));
  const ended = `The step ended with ${errorName} instead of a result`;
  const isRecorded = name === 'SubmitOutcomeUnknown' && task !== undefined;
  return isRecorded ? `${ended}, after MiniMax had accepted the task ${taskId}.` : `${ended}.`;
}

function asSentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}

/** How to get at what may be paid for. MiniMax lists no tasks over its API, so an unknown one has to be found by a person. */
function wayOnOf({ task, taskId, request, created_at }: Broken, now: Date): readonly string[] {
  const { template_id } = (request ?? {}) as { readonly template_id?: unknown };
  const template = typeof template_id === 'string' ? `of template ${template_id} and ` : '';
  const id = taskId === undefined ? 'its id' : `"${taskId}"`;
  return [
    ...(taskId === undefined
      ? [`It would be ${template}from between ${created_at} and ${now.toISOString()}.`]
      : []),
    `To adopt: POST /videos, or start an execution, with task_id ${id} as the only field.`,
    task === undefined ? REDRIVE_FAILS : REDRIVE_GOES_ON,
  ];
}
