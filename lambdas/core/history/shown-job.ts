import type { ShownJob } from '../api/workflow-response.ts';
import { type JobState, toJobState, unwrapJob } from '../video/execution.ts';
import { detailOf } from './failed-try.ts';

/**
 * What a caller sees of a job document: what each step has added to it, without ARNs, owner and request.
 * @param value the input or the output of a state, which may be any JSON
 * @returns undefined where nothing has been added yet
 */
export function toShownJob(value: unknown): ShownJob | undefined {
  const { task, wait_seconds, callbacks, check, video, finished_at, error } = toJobState(unwrapJob(value));
  const fields: ShownJob = {
    task: task && toTask(task),
    wait_seconds,
    callbacks,
    check,
    video: video && toVideo(video),
    finished_at,
    error: error && toError(error),
  };
  return Object.values(fields).some((field) => field !== undefined) ? fields : undefined;
}

function toTask({ unconfirmed: _mark, ...task }: NonNullable<JobState['task']>): ShownJob['task'] {
  return task;
}

function toVideo({ bytes, sha256, content_type, seconds }: NonNullable<JobState['video']>) {
  return { bytes, sha256, content_type, seconds };
}

/** An error that a step has caught has the answer of its function as its cause, which only an operator sees. */
function toError(error: NonNullable<JobState['error']>): ShownJob['error'] {
  const { Error: type, Cause: cause, title, money_spent, retry } = error;
  return type === undefined ? undefined : { type, title, detail: detailOf(type, cause), money_spent, retry };
}
