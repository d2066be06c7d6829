import type { KindName } from '../minimax/request-kind.ts';
import type { TaskStatus } from '../minimax/status.ts';

/**
 * The job document: what the states of the workflow hand on, each with one thing more. All of it is shown in the execution
 * history. So it stays small, and never holds the key, a signed link or an inline image. Times are ISO 8601.
 *
 * | state | is given | makes |
 * |---|---|---|
 * | `Submit task`, `Adopt task` | `NewJob` | `SubmittedJob` |
 * | `Wait`, `Wait for callback` | `SubmittedJob`, `CheckedJob` | that, and after a callback `WaitedJob` |
 * | `Check task` | `WaitedJob` | `CheckedJob` |
 * | `Copy video` | `CheckedJob` | `CopiedJob` |
 *
 * A `CheckedJob` of a task that MiniMax was asked to call back about:
 *
 * ```json
 * {
 *   "video_id": "0199f3a2-7c1d-7e55-9a53-6f0f6f6b2d6e",
 *   "created_at": "2026-11-22T10:00:00.000Z",
 *   "execution_arn": "arn:aws:states:eu-west-1:123456789012:execution:TemplateVideo:0199f3a2-…",
 *   "request": { "template_id": "394514820878671878", "text_inputs": [{ "value": "At sea" }] },
 *   "task": {
 *     "task_id": "393769180141900000",
 *     "kind": "template",
 *     "adopted": false,
 *     "waiting_since": "2026-11-22T10:00:02.000Z",
 *     "trace_id": "04a1b2c3"
 *   },
 *   "wait_seconds": 292,
 *   "callbacks": { "active": true, "received": 1 },
 *   "check": {
 *     "status": "running",
 *     "minimax_status": "Processing",
 *     "polls": 1,
 *     "checked_at": "2026-11-22T10:01:10.000Z",
 *     "elapsed_seconds": 68
 *   }
 * }
 * ```
 */
export interface Job {
  readonly video_id: string;
  /** When the execution was started. */
  readonly created_at: string;
  readonly execution_arn: string;
  /** The request without credentials and inline images. Where the execution was started in the console, it may be any JSON. */
  readonly request: unknown;
}

/** The execution's own name, start and input. */
export interface NewJob extends Job {
  /** `$$.Execution.RedriveCount`: how often the execution has been redriven. */
  readonly redrives: number;
  /** `$$.State.RetryCount`: how often this state has been retried since it was entered. */
  readonly retries: number;
  /** Whether a callback can end the waits of this execution. @default false */
  readonly callbacks_supported?: boolean;
}

export interface SubmittedJob extends Job {
  readonly task: JobTask;
  /** How long `Wait` waits before the next check. */
  readonly wait_seconds: number;
  /** How often the execution had been redriven when it took this job up again. */
  readonly redrives?: number;
  /** Absent where MiniMax was not asked to call. */
  readonly callbacks?: CallbackState;
}

/** The task of a job at MiniMax. */
export interface JobTask {
  readonly task_id: string;
  readonly kind: KindName;
  /** Whether another request has created it. */
  readonly adopted: boolean;
  readonly waiting_since: string;
  readonly trace_id?: string;
  /** Present where the answer to the create broke off after the id, until a query confirms the task. */
  readonly unconfirmed?: true;
}

/** The state of the callbacks that the `callback_url` asked for. */
export interface CallbackState {
  /** Whether waits are long, because a callback ends them. */
  readonly active: boolean;
  /** How many callbacks have ended a wait. */
  readonly received: number;
  /** Why callbacks are not active. */
  readonly note?: string;
}

/** A job that `Check task` takes up, for the first time or again. */
export interface WaitedJob extends SubmittedJob, Partial<Omit<CheckedJob, keyof SubmittedJob>> {
  /** What ended the wait early: a callback, or the error with which `Wait for callback` failed. */
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
  /** Present when the task has failed. It has the form of an error that Step Functions catches, so that `Record failure` reads both. */
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

/** As Step Functions spells a caught error, so that `Video failed` finds name and cause in one place if `Record failure` could not run. */
export interface CaughtError {
  readonly Error: string;
  readonly Cause: string;
}

/** How long a job that a step takes up has been waiting: since its task was accepted or taken up again, or since its start. */
export function waitingSeconds(job: NewJob | SubmittedJob, now: Date): number {
  const since = 'task' in job ? job.task.waiting_since : job.created_at;
  return Math.max(0, (now.getTime() - Date.parse(since)) / 1000);
}
