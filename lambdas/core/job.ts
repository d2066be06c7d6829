import { FAILURES, Failure, type FailureName, isFailureName, type MoneySpent } from './failure.ts';
import type { CreatedTask, Task, TaskStatus } from './minimax-answer.ts';
import type { ExistingTaskRequest, NewTaskRequest, VideoRequest } from './request.ts';
import { nextCheckIn, type Schedule } from './schedule.ts';

/**
 * The job document: what the states of the workflow hand on, each with one thing more. All of it is shown in the
 * execution history, so it stays small and never holds the key, a signed link or an inline image. Times are ISO 8601.
 */
export interface Job {
  readonly video_id: string;
  readonly created_at: string;
  readonly request: VideoRequest;
}

/** What the first task of an execution is given: the execution's own name, start and input. */
export interface NewJob {
  readonly video_id: string;
  readonly created_at: string;
  readonly request: unknown;
}

export interface SubmittedJob extends Job {
  readonly task: {
    readonly task_id: string;
    readonly adopted: boolean;
    readonly waiting_since: string;
    readonly trace_id?: string;
  };
  /** How long `Wait` waits before the next look. */
  readonly wait_seconds: number;
}

export interface CheckedJob extends SubmittedJob {
  readonly check: {
    readonly status: TaskStatus;
    readonly minimax_status: string;
    readonly polls: number;
    readonly checked_at: string;
    readonly elapsed_seconds: number;
  };
  /** There when the task failed; spelled as Step Functions spells a caught error, so that `Video failed` reads either. */
  readonly error?: CaughtError;
}

export interface CopiedJob extends CheckedJob {
  readonly video: StoredVideo;
  readonly finished_at: string;
}

export interface StoredVideo {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  readonly content_type: string;
  readonly seconds: number;
}

export interface CaughtError {
  readonly Error: string;
  readonly Cause: string;
}

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

/** The moment at which something happened to a job, and the rules by which it waits. */
export interface Moment {
  readonly now: Date;
  readonly schedule: Schedule;
}

export function submitted(
  job: NewJob & { readonly request: NewTaskRequest },
  created: CreatedTask,
  moment: Moment,
): SubmittedJob {
  const { taskId, traceId } = created;
  return {
    ...job,
    request: withoutInlineImages(job.request),
    task: {
      task_id: taskId,
      adopted: false,
      waiting_since: moment.now.toISOString(),
      ...(traceId === undefined ? {} : { trace_id: traceId }),
    },
    wait_seconds: moment.schedule.firstWaitSeconds,
  };
}

export function adopted(job: NewJob & { readonly request: ExistingTaskRequest }, now: Date): SubmittedJob {
  const { task_id } = job.request;
  return { ...job, task: { task_id, adopted: true, waiting_since: now.toISOString() }, wait_seconds: 0 };
}

/** @throws Failure `GaveUpWaiting` when the task still runs and its time is over */
export function checked(
  job: SubmittedJob & Partial<CheckedJob>,
  task: Task,
  { now, schedule }: Moment,
): CheckedJob {
  const elapsed = elapsedSeconds(job, now);
  const waitSeconds = nextCheckIn(elapsed, schedule);
  if (task.status === 'running' && waitSeconds === undefined)
    throw gaveUp(job, elapsed, `still says "${task.word}"`);
  return {
    ...job,
    wait_seconds: task.status === 'running' ? (waitSeconds ?? 0) : 0,
    check: {
      status: task.status,
      minimax_status: task.word,
      polls: (job.check?.polls ?? 0) + 1,
      checked_at: now.toISOString(),
      elapsed_seconds: elapsed,
    },
    ...(task.status === 'failed' ? { error: failedGeneration(task) } : {}),
  };
}

/** A failed look is repeated for as long as looking makes sense; after that it is the end of the wait. */
export function checkFailed(job: SubmittedJob, failure: Failure, { now, schedule }: Moment): Failure {
  const isPassing = failure.name === 'MiniMaxUnavailable' || failure.name === 'MiniMaxBusy';
  const elapsed = elapsedSeconds(job, now);
  if (!isPassing || nextCheckIn(elapsed, schedule) !== undefined) return failure;
  return gaveUp(job, elapsed, `could not be asked: ${failure.message}`);
}

export function copied(job: CheckedJob, video: StoredVideo, now: Date): CopiedJob {
  return { ...job, video, finished_at: now.toISOString() };
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
  const { title, moneySpent: usually, advice } = FAILURES[name];
  const moneySpent = taskId !== undefined && usually === 'no' ? 'maybe' : usually;
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
  if (name === errorName) return asSentence(messageOf(Cause));
  return `The step ended with ${errorName} instead of a result.`;
}

/** A Lambda's error reaches the workflow as JSON text with `errorType`, `errorMessage` and a stack; anything else is text. */
function messageOf(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { readonly errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : '';
  } catch {
    return cause;
  }
}

function asSentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}

function howToAdopt(moneySpent: MoneySpent, taskId: string | undefined): string {
  if (moneySpent === 'no') return '';
  const id = taskId === undefined ? 'its id' : `"${taskId}"`;
  return `To adopt: POST /videos, or start an execution, with task_id ${id} as the only field.`;
}

function failedGeneration(task: Task): CaughtError {
  const isContent = task.code === 1026 || task.code === 1027;
  const code = task.code > 0 ? ` with code ${task.code}` : '';
  const trace = task.traceId === undefined ? '' : ` (Trace-Id ${task.traceId})`;
  return {
    Error: (isContent ? 'ContentRejected' : 'GenerationFailed') satisfies FailureName,
    Cause: `MiniMax ended the task as "${task.word}"${code}${trace}.`,
  };
}

function gaveUp({ task }: SubmittedJob, elapsed: number, why: string): Failure {
  return new Failure('GaveUpWaiting', `After ${Math.round(elapsed)} s task ${task.task_id} ${why}.`);
}

function elapsedSeconds({ task }: SubmittedJob, now: Date): number {
  return Math.max(0, Math.round((now.getTime() - Date.parse(task.waiting_since)) / 1000));
}

function withoutInlineImages<Request>(request: Request): Request {
  const { media_inputs } = (request ?? {}) as { readonly media_inputs?: unknown };
  if (!Array.isArray(media_inputs)) return request;
  return { ...request, media_inputs: media_inputs.map(withoutInlineImage) };
}

function withoutInlineImage(input: unknown): unknown {
  const { value } = (input ?? {}) as { readonly value?: unknown };
  const inline = typeof value === 'string' ? /^data:([^;,]*)[;,]/.exec(value) : null;
  return inline === null
    ? input
    : { value: `data:${inline[1]} (inline, ${String(value).length} characters)` };
}
