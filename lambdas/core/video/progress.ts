import type { Video } from '../api/response.ts';
import { isRetryableName, RETRYABLE } from '../download/retryable.ts';
import { FAILURES, isFailureName } from '../failure.ts';
import { STATES } from '../states.ts';
import type { Progress } from './execution.ts';

/** How long a caller should wait before the next GET, while a step runs, and while one is being repeated. */
const STEP_SECONDS = 3;
const RETRY_SECONDS = 30;
/** While a callback may come at any moment. */
const CALLBACK_SECONDS = 10;

/** Seconds after which a GET of this video may show something new. @param expectsCallback whether a callback may come before the next check */
export function retryAfterSeconds(
  { next_check_at, retrying }: Pick<Video, 'next_check_at' | 'retrying'>,
  now: Date,
  expectsCallback = false,
): number {
  if (next_check_at === undefined) return retrying === undefined ? STEP_SECONDS : RETRY_SECONDS;
  const seconds = Math.max(1, Math.ceil((Date.parse(next_check_at) - now.getTime()) / 1000));
  return expectsCallback ? Math.min(seconds, CALLBACK_SECONDS) : seconds;
}

/** A wait that ends with `States.Timeout` has lasted as long as it should: nothing is repeated. */
const WAITING: readonly (string | undefined)[] = [STATES.wait, STATES.waitForCallback];

/** What an unfinished video is waiting for. */
export function toProgressFields(
  { stateName, enteredAt, lastError, failedTries }: Progress,
  waitSeconds: number | undefined,
): Pick<Video, 'state' | 'next_check_at' | 'retrying'> {
  const isWaiting = WAITING.includes(stateName) && enteredAt !== undefined && waitSeconds !== undefined;
  const isRetrying = lastError !== undefined && !isWaiting;
  return {
    state: stateName,
    next_check_at: isWaiting ? new Date(enteredAt.getTime() + waitSeconds * 1000).toISOString() : undefined,
    retrying: isRetrying ? toReason(lastError, failedTries) : undefined,
  };
}

/** The title of an error of a step that is none of the service's own, such as one of Lambda. */
export const UNEXPECTED_STEP_TITLE = 'A step of the workflow failed';

function toReason(error: string, failed_tries: number | undefined): NonNullable<Video['retrying']> {
  if (isFailureName(error)) return { type: error, title: FAILURES[error].title, failed_tries };
  if (!isRetryableName(error)) return { type: 'Unexpected', title: UNEXPECTED_STEP_TITLE, failed_tries };
  const { ends, title } = RETRYABLE[error];
  return { type: ends, title, failed_tries };
}
