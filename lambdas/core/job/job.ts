import type { NewTaskRequest, VideoRequest } from '../api/request.ts';
import { errorMessageOf, Failure, type FailureName, NO_WORD_OF_TASK, NOT_ACCEPTED } from '../failure.ts';
import { taskFailure } from '../minimax/codes.ts';
import { type KindName, kindNameOf } from '../minimax/request-kind.ts';
import type { TaskStatus } from '../minimax/status.ts';
import type { CreatedTask, Task } from '../minimax/task.ts';
import { plain, shortened } from '../text/plain.ts';
import { asRecorded } from './recorded-request.ts';
import { firstCheckIn, nextCheckAfterSpuriousCallback, nextCheckIn, type Schedule } from './schedule.ts';

/**
 * The job document: what the states of the workflow hand on, each with one thing more. All of it is shown in the
 * execution history, so it stays small and never holds the key, a signed link or an inline image. Times are ISO 8601.
 */
export interface Job {
  readonly video_id: string;
  /** When the execution was started. */
  readonly created_at: string;
  readonly execution_arn: string;
  readonly request: VideoRequest;
}

/** What the first task of an execution is given: the execution's own name, start and input. */
export interface NewJob {
  readonly video_id: string;
  readonly created_at: string;
  readonly execution_arn: string;
  readonly request: unknown;
  /** How often the execution has been redriven by now. */
  readonly redrives: number;
  /** How often this state has been tried again since it was entered. */
  readonly retries: number;
  /** Whether the waits of this very execution can be ended by a ring. @default false */
  readonly callbacks_supported?: boolean;
}

export interface SubmittedJob extends Job {
  readonly task: {
    readonly task_id: string;
    readonly kind: KindName;
    readonly adopted: boolean;
    readonly waiting_since: string;
    readonly trace_id?: string;
    /** There until MiniMax knows the task: the answer to the create broke off behind its id. */
    readonly unconfirmed?: true;
  };
  /** How long `Wait` waits before the next look. */
  readonly wait_seconds: number;
  /** How often the execution had been redriven when it took this job up again. */
  readonly redrives?: number;
  /** There where MiniMax was asked to ring. */
  readonly callbacks?: CallbackState;
}

/** What has become of asking MiniMax to ring when the task changes. */
export interface CallbackState {
  /** Whether waits are long, because it will ring. */
  readonly active: boolean;
  /** How many waits have ended before their time. */
  readonly received: number;
  /** Why nobody listens. */
  readonly note?: string;
}

/** A job that `Check task` takes up, for the first time or again. */
export interface WaitedJob extends SubmittedJob, Partial<Omit<CheckedJob, keyof SubmittedJob>> {
  /** What ended the wait before its time: a ring, or the error for which nobody could be told how to ring. */
  readonly callback?: unknown;
}

export interface CheckedJob extends SubmittedJob {
  readonly check: {
    readonly status: TaskStatus;
    readonly minimax_status: string;
    readonly polls: number;
    readonly checked_at: string;
    readonly elapsed_seconds: number;
  };
  /** There when the task failed; spelled as Step Functions spells a caught error, so that `Record failure` reads either. */
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
  /** How often the download was begun from its first byte; 0 where an earlier try had stored the video already. */
  readonly attempts: number;
  /** How many broken connections were continued by another. */
  readonly resumes: number;
}

export interface CaughtError {
  readonly Error: string;
  readonly Cause: string;
}

/** The moment at which something happened to a job, and the rules by which it waits. */
export interface Moment {
  readonly now: Date;
  readonly schedule: Schedule;
}

export function toSubmittedJob(
  {
    redrives: _redrives,
    retries: _retries,
    callbacks_supported: _canRing,
    ...job
  }: NewJob & { readonly request: NewTaskRequest },
  created: CreatedTask,
  moment: Moment,
): SubmittedJob {
  const { taskId, traceId, isUnconfirmed } = created;
  return {
    ...job,
    request: asRecorded(job.request),
    task: {
      task_id: taskId,
      kind: kindNameOf(job.request),
      adopted: false,
      waiting_since: moment.now.toISOString(),
      ...(traceId === undefined ? {} : { trace_id: traceId }),
      ...(isUnconfirmed === undefined ? {} : { unconfirmed: isUnconfirmed }),
    },
    wait_seconds: firstCheckIn(moment.schedule),
  };
}

/** The card of a task that MiniMax was, or could not be, asked to ring for. */
export function withCallbacks(job: SubmittedJob, callbacks: CallbackState, schedule: Schedule): SubmittedJob {
  return { ...job, wait_seconds: firstCheckIn(schedule, callbacks.active), callbacks };
}

/** A job whose task exists already: it is checked at once. */
export function toAdoptedJob(
  { video_id, created_at, execution_arn }: NewJob,
  { request, task }: Pick<SubmittedJob, 'request' | 'task'>,
  now: Date,
): SubmittedJob {
  const waiting = { ...task, waiting_since: now.toISOString() };
  return { video_id, created_at, execution_arn, request, task: waiting, wait_seconds: 0 };
}

/** @throws Failure `GaveUpWaiting` when the task still runs and its time is over */
export function toCheckedJob(
  { callback, ...job }: WaitedJob,
  task: Task,
  { now, schedule }: Moment,
): CheckedJob {
  const elapsed = elapsedSeconds(job, now);
  const callbacks =
    callback === undefined || job.callbacks === undefined
      ? job.callbacks
      : calledBack(job.callbacks, callback);
  const isSpurious =
    callback !== undefined && callbacks?.active === true && job.check?.minimax_status === task.word;
  const waitSeconds = isSpurious
    ? nextCheckAfterSpuriousCallback(elapsed, schedule)
    : nextCheckIn(elapsed, schedule, callbacks?.active);
  if (task.status === 'running' && waitSeconds === undefined)
    throw gaveUp(job, elapsed, `still says "${task.word}"`);
  const { unconfirmed: _unconfirmed, ...confirmed } = job.task;
  return {
    ...job,
    task: confirmed,
    wait_seconds: task.status === 'running' ? (waitSeconds ?? 0) : 0,
    ...(callbacks === undefined ? {} : { callbacks }),
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

/** MiniMax rings two or three times for a video. More rings come from somebody else, or from a MiniMax that does not stop. */
const MAX_CALLBACKS = 20;

function calledBack({ received, ...callbacks }: CallbackState, callback: unknown): CallbackState {
  if (isBrokenWait(callback)) return { active: false, received, note: whyBroken(callback) };
  if (received + 1 < MAX_CALLBACKS) return { ...callbacks, received: received + 1 };
  const note = `MiniMax has rung ${MAX_CALLBACKS} times: nobody listens any more.`;
  return { active: false, received: received + 1, note };
}

/**
 * Did the wait end with an error, and not with a ring? Then waits cannot be ended in the right moment, now or the next time: the
 * function that keeps the token fails, or is gone because callbacks were turned off while the video was being made; or an old
 * callback cannot be deleted, and ends each wait as it begins.
 */
export function isBrokenWait(callback: unknown): callback is Partial<CaughtError> {
  const fields = typeof callback === 'object' && callback !== null ? callback : {};
  return Object.hasOwn(fields, 'Error') || Object.hasOwn(fields, 'Cause');
}

function whyBroken({ Error: name = 'an error', Cause: cause = '' }: Partial<CaughtError>): string {
  const message = shortened(plain(errorMessageOf(cause)), MOST_NOTE_CHARACTERS);
  const why = message === '' ? plain(name) : `${plain(name)}: ${message}`;
  return `Waiting for callbacks does not work (${why}), so nobody listens any more.`;
}

const MOST_NOTE_CHARACTERS = 300;

/** Milliseconds to let pass before a look that was rung for, so that no two looks are closer than `leastSeconds`. */
export function debounceMs({ callback, check }: WaitedJob, now: Date, leastSeconds: number): number {
  if (callback === undefined || check === undefined) return 0;
  const sinceLast = now.getTime() - Date.parse(check.checked_at);
  return Math.min(leastSeconds * 1000, Math.max(0, leastSeconds * 1000 - sinceLast));
}

/** Does MiniMax refuse an id that only a broken answer has named? */
function isRefusedUnconfirmed({ task }: SubmittedJob, error: unknown): boolean {
  const isRefusal = error instanceof Failure && error.name === 'InvalidRequest';
  return isRefusal && task.unconfirmed === true;
}

/** A failed check is repeated for as long as checking makes sense; after that it is the end of the wait. */
export function checkFailed(job: SubmittedJob, failure: Failure, { now, schedule }: Moment): Failure {
  if (isRefusedUnconfirmed(job, failure)) return unknownAfterAll(job, failure);
  const isTransient = NO_WORD_OF_TASK.includes(failure.name);
  const elapsed = elapsedSeconds(job, now);
  if (!isTransient || nextCheckIn(elapsed, schedule) !== undefined) return failure;
  return gaveUp(job, elapsed, `has not been heard of again: ${failure.message}`);
}

/** A failed submission that is repeated says how often that has happened by now, and since when. */
export function submitFailed({ created_at, retries }: NewJob, failure: Failure, now: Date): Failure {
  if (!NOT_ACCEPTED.includes(failure.name)) return failure;
  if (retries === 0) return failure;
  const often = `It was tried ${retries + 1} times, from ${created_at} to ${now.toISOString()}.`;
  return new Failure(failure.name, `${failure.message} ${often}`, { cause: failure });
}

export function toCopiedJob(job: CheckedJob, video: StoredVideo, now: Date): CopiedJob {
  return { ...job, video, finished_at: now.toISOString() };
}

function failedGeneration(task: Task): CaughtError {
  const code = task.code > 0 ? ` with code ${task.code}` : '';
  const trace = task.traceId === undefined ? '' : ` (Trace-Id ${task.traceId})`;
  return {
    Error: taskFailure(task.code) ?? ('GenerationFailed' satisfies FailureName),
    Cause: `MiniMax ended the task as "${task.word}"${code}${trace}.`,
  };
}

function unknownAfterAll({ task }: SubmittedJob, failure: Failure): Failure {
  const brokeOff = `The answer to the create broke off behind the id of task ${task.task_id}`;
  return new Failure(
    'SubmitOutcomeUnknown',
    `${brokeOff}, and MiniMax refused that id twice. ${failure.message}`,
  );
}

function gaveUp({ task }: SubmittedJob, elapsed: number, why: string): Failure {
  const happened = `After ${Math.round(elapsed)} s task ${task.task_id} ${why}`;
  return new Failure('GaveUpWaiting', happened.endsWith('.') ? happened : `${happened}.`);
}

function elapsedSeconds({ task }: SubmittedJob, now: Date): number {
  return Math.max(0, Math.round((now.getTime() - Date.parse(task.waiting_since)) / 1000));
}
