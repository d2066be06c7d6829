import { Failure, INCONCLUSIVE_QUERY } from '../failure.ts';
import { taskFailure } from '../minimax/codes.ts';
import type { Task } from '../minimax/task.ts';
import { afterCallback } from './callback-state.ts';
import type { CaughtError, CheckedJob, CopiedJob, StoredVideo, SubmittedJob, WaitedJob } from './job.ts';
import { type Moment, nextCheckAfterSpuriousCallback, nextCheckIn } from './schedule.ts';

/** What `Check task` hands on. @throws Failure `GaveUpWaiting` when the task still runs and its time is over */
export function toCheckedJob(waited: WaitedJob, task: Task, { now, schedule }: Moment): CheckedJob {
  const { callback, ...job } = waited;
  const elapsed = elapsedSeconds(job, now);
  const isRunning = task.status === 'running';
  const callbacks =
    callback === undefined ? job.callbacks : job.callbacks && afterCallback(job.callbacks, callback);
  const isActive = callbacks?.active === true;
  const isSpurious = callback !== undefined && isActive && job.check?.minimax_status === task.rawStatus;
  const waitSeconds = isSpurious
    ? nextCheckAfterSpuriousCallback(elapsed, schedule)
    : nextCheckIn(elapsed, schedule, isActive);
  if (isRunning && waitSeconds === undefined) throw gaveUp(job, elapsed, `still says "${task.rawStatus}"`);
  return {
    ...job,
    task: { ...job.task, unconfirmed: undefined },
    wait_seconds: isRunning ? (waitSeconds ?? 0) : 0,
    callbacks,
    check: {
      status: task.status,
      minimax_status: task.rawStatus,
      polls: (job.check?.polls ?? 0) + 1,
      checked_at: now.toISOString(),
      elapsed_seconds: elapsed,
    },
    error: task.status === 'failed' ? toCaughtError(task) : undefined,
  };
}

/** The failure of a check. One that says nothing about the task becomes `GaveUpWaiting` when the time to wait is over. */
export function toCheckFailure(job: SubmittedJob, failure: Failure, { now, schedule }: Moment): Failure {
  if (failure.name === 'InvalidRequest' && job.task.unconfirmed === true)
    return unknownAfterAll(job, failure);
  const elapsed = elapsedSeconds(job, now);
  const mayContinue =
    !INCONCLUSIVE_QUERY.includes(failure.name) || nextCheckIn(elapsed, schedule) !== undefined;
  return mayContinue ? failure : gaveUp(job, elapsed, `did not answer any more: ${failure.message}`);
}

/** What `Copy video` hands on. */
export function toCopiedJob(job: CheckedJob, video: StoredVideo, now: Date): CopiedJob {
  return { ...job, video, finished_at: now.toISOString() };
}

function toCaughtError({ rawStatus, code, traceId }: Task): CaughtError {
  const withCode = code > 0 ? ` with code ${code}` : '';
  const trace = traceId === undefined ? '' : ` (Trace-Id ${traceId})`;
  return {
    Error: taskFailure(code) ?? 'GenerationFailed',
    Cause: `MiniMax ended the task as "${rawStatus}"${withCode}${trace}.`,
  };
}

/** MiniMax rejects an id that only a broken answer has named. */
function unknownAfterAll({ task }: SubmittedJob, failure: Failure): Failure {
  const brokeOff = `The answer to the create broke off after the id of task ${task.task_id}`;
  return new Failure(
    'SubmitOutcomeUnknown',
    `${brokeOff}, and MiniMax rejected that id twice. ${failure.message}`,
  );
}

function gaveUp({ task }: SubmittedJob, elapsed: number, why: string): Failure {
  const description = `After ${Math.round(elapsed)} s task ${task.task_id} ${why}`;
  return new Failure('GaveUpWaiting', description.endsWith('.') ? description : `${description}.`);
}

function elapsedSeconds({ task }: SubmittedJob, now: Date): number {
  return Math.max(0, Math.round((now.getTime() - Date.parse(task.waiting_since)) / 1000));
}
