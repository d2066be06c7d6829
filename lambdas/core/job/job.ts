import type { VideoRequest } from '../api/request.ts';
import type { KindName } from '../minimax/request-kind.ts';
import type { TaskStatus } from '../minimax/status.ts';

/**
 * The job document: what the states of the workflow hand on, each with one thing more. All of it is shown in the execution
 * history. So it stays small, and never holds the key, a signed link or an inline image. Times are ISO 8601.
 *
 * | state | is given | makes |
 * |---|---|---|
 * | `Submit task`, `Adopt task` | `NewJob` | `SubmittedJob` |
 * | `Wait`, `Wait for callback` | `SubmittedJob`, `CheckedJob` | the same; after a callback `WaitedJob` |
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
 *   "wait_seconds": 120,
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
  readonly request: VideoRequest;
}

/** The execution's own name, start and input. */
export interface NewJob extends Omit<Job, 'request'> {
  readonly request: unknown;
  /** How often the execution has been redriven by now. */
  readonly redrives: number;
  /** How often this state has been tried again since it was entered. */
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

/** MiniMax's task of a job. */
export interface JobTask {
  readonly task_id: string;
  readonly kind: KindName;
  /** Whether another request made it. */
  readonly adopted: boolean;
  readonly waiting_since: string;
  readonly trace_id?: string;
  /** There until MiniMax knows the task, where the answer to the create broke off behind its id. */
  readonly unconfirmed?: true;
}

/** What has become of the callbacks that MiniMax was asked for. */
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

/** How long a job that a step takes up has been waiting: since its task was accepted or taken up again, or since its start. */
export function waitingSeconds(job: NewJob | SubmittedJob, now: Date): number {
  const since = 'task' in job ? job.task.waiting_since : job.created_at;
  return Math.max(0, (now.getTime() - Date.parse(since)) / 1000);
}
