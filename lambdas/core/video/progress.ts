import type { Video } from '../api/response.ts';
import { isRetryableName, RETRYABLE } from '../download/retryable.ts';
import { FAILURES, isFailureName } from '../failure.ts';
import { STATES } from '../states.ts';
import type { Progress } from './execution.ts';

/** How long a caller should let pass before the next look, where a step is under way, and where one is being repeated. */
const STEP_SECONDS = 3;
const RETRY_SECONDS = 30;
/** Where MiniMax may ring at any moment. */
const CALLBACK_SECONDS = 10;

/** Seconds after which a look at this video may show something new. @param mayRing whether MiniMax may be asked before its time */
export function retryAfterSeconds(
  { next_check_at, retrying }: Pick<Video, 'next_check_at' | 'retrying'>,
  now: Date,
  expectsCallback = false,
): number {
  if (next_check_at === undefined) return retrying === undefined ? STEP_SECONDS : RETRY_SECONDS;
  const seconds = Math.max(1, Math.ceil((Date.parse(next_check_at) - now.getTime()) / 1000));
  return expectsCallback ? Math.min(seconds, CALLBACK_SECONDS) : seconds;
}

/** A wait that ends with an error has lasted as long as it should: nothing is repeated. */
const WAITING: readonly (string | undefined)[] = [STATES.wait, STATES.waitForCallback];

/** What an unfinished video is waiting for. */
export function toProgressFields(
  { stateName, enteredAt, lastError, failedTries }: Progress,
  waitSeconds: number | undefined,
): Pick<Video, 'state' | 'next_check_at' | 'retrying'> {
  const isWaiting = WAITING.includes(stateName) && enteredAt !== undefined && waitSeconds !== undefined;
  return {
    ...(stateName === undefined ? {} : { state: stateName }),
    ...(isWaiting ? { next_check_at: new Date(enteredAt.getTime() + waitSeconds * 1000).toISOString() } : {}),
    ...(lastError === undefined || isWaiting ? {} : { retrying: toReason(lastError, failedTries) }),
  };
}

function toReason(error: string, failedTries: number | undefined): NonNullable<Video['retrying']> {
  const tries = failedTries === undefined ? {} : { failed_tries: failedTries };
  if (isFailureName(error)) return { type: error, title: FAILURES[error].title, ...tries };
  if (isRetryableName(error)) return { type: RETRYABLE[error].ends, title: RETRYABLE[error].title, ...tries };
  return { type: 'Unexpected', title: 'A step of the workflow broke', ...tries };
}
