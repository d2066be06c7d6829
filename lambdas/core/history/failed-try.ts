import type { FailedTry } from '../api/workflow-response.ts';
import { isRetryableName, RETRYABLE } from '../download/retryable.ts';
import { errorMessageOf, FAILURES, isFailureName } from '../failure.ts';
import { toFailureName } from '../record-failure/failure-name.ts';
import { STATES } from '../states.ts';
import { plain, printable } from '../text/plain.ts';
import { type AttemptEvent, failedAttempt } from '../video/failed-attempt.ts';
import { UNEXPECTED_STEP_TITLE } from '../video/progress.ts';

function titleOf(error: string): string {
  if (isFailureName(error)) return FAILURES[error].title;
  return isRetryableName(error) ? RETRYABLE[error].title : UNEXPECTED_STEP_TITLE;
}

/** The sentence of an error that the service itself has made. Other causes may show the inside of a function. */
export function detailOf(error: string, cause = ''): string | undefined {
  const detail = toFailureName(error) === undefined ? '' : printable(errorMessageOf(cause));
  return detail === '' ? undefined : detail;
}

/** @param state the state of the event. @returns undefined for an event that is not the failure of an attempt */
export function toFailedTry(
  state: string,
  event: AttemptEvent & { readonly type?: string },
  at: string,
): FailedTry | undefined {
  const failed = failedAttempt(event);
  if (failed === undefined || isIntended(state, event.type, failed.error)) return undefined;
  const { error, cause } = failed;
  return {
    failed_at: at,
    error: plain(error),
    title: titleOf(error),
    detail: detailOf(error, cause),
  };
}

/** A wait for a callback that times out has lasted as long as it should, and `Video failed` fails with the failure of the video. */
function isIntended(state: string, type: string | undefined, error: string): boolean {
  if (state === STATES.waitForCallback) return type === 'TaskTimedOut';
  return state === STATES.videoFailed && type === 'TaskFailed' && isFailureName(error);
}
