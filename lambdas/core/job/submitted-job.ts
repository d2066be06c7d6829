import type { NewTaskRequest } from '../api/request.ts';
import { Failure, NOT_ACCEPTED } from '../failure.ts';
import type { CreatedTask } from '../minimax/created-task.ts';
import { kindNameOf } from '../minimax/request-kind.ts';
import type { CallbackState, JobTask, NewJob, SubmittedJob } from './job.ts';
import { asRecorded } from './recorded-request.ts';
import { firstCheckIn, type Moment, type Schedule } from './schedule.ts';

/** A wait that can be ended early has to have some length: https://states-language.net/#task-timeout */
const MIN_WAIT_SECONDS = 1;

/** What `Submit task` hands on after its create. */
export function toSubmittedJob(
  { video_id, created_at, execution_arn, request }: NewJob & { readonly request: NewTaskRequest },
  { taskId, traceId, isUnconfirmed }: CreatedTask,
  { now, schedule }: Moment,
): SubmittedJob {
  return {
    video_id,
    created_at,
    execution_arn,
    request: asRecorded(request),
    task: {
      task_id: taskId,
      kind: kindNameOf(request),
      adopted: false,
      waiting_since: now.toISOString(),
      trace_id: traceId,
      unconfirmed: isUnconfirmed,
    },
    wait_seconds: firstCheckIn(schedule),
  };
}

/** A job that says whether its create had a `callback_url` that MiniMax accepted. */
export function withCallbacks(job: SubmittedJob, callbacks: CallbackState, schedule: Schedule): SubmittedJob {
  return { ...job, wait_seconds: firstCheckIn(schedule, callbacks.active), callbacks };
}

/** What `Submit task` hands on where an earlier attempt has written down its task: the task is waited for anew. */
export function toResumedJob(
  { video_id, created_at, execution_arn, request, redrives }: NewJob,
  task: JobTask,
  now: Date,
): SubmittedJob {
  return {
    video_id,
    created_at,
    execution_arn,
    request: asRecorded(request),
    task: { ...task, waiting_since: now.toISOString() },
    wait_seconds: MIN_WAIT_SECONDS,
    redrives,
  };
}

/** What `Adopt task` hands on: the task is checked at once. */
export function toAdoptedJob(
  { video_id, created_at, execution_arn }: NewJob,
  { request, task }: Pick<SubmittedJob, 'request' | 'task'>,
  now: Date,
): SubmittedJob {
  const waiting = { ...task, waiting_since: now.toISOString() };
  return { video_id, created_at, execution_arn, request, task: waiting, wait_seconds: 0 };
}

/** A failed submission that is repeated says how often it has failed by now, and since when. */
export function toSubmitFailure({ created_at, retries }: NewJob, failure: Failure, now: Date): Failure {
  if (!NOT_ACCEPTED.includes(failure.name) || retries === 0) return failure;
  const often = `It was tried ${retries + 1} times, from ${created_at} to ${now.toISOString()}.`;
  return new Failure(failure.name, `${failure.message} ${often}`, { cause: failure });
}
