import { addAbortListener } from 'node:events';
import { setTimeout as after } from 'node:timers/promises';

/** The result of the work, unless the signal is aborted first. @throws the signal's reason */
export async function raceSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // Without `Promise.withResolvers`, because `reindex` runs on Node 20 too.
  let stop: (reason: unknown) => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = reject;
  });
  using _listener = addAbortListener(signal, () => stop(signal.reason));
  return await Promise.race([work, stopped]);
}

/**
 * Waits between two attempts.
 * @param attempt the number of the attempt that has ended, from 1 on
 * @throws AbortError when the signal is aborted
 */
export type Pause = (attempt: number, signal?: AbortSignal) => Promise<void>;

export const NO_PAUSE: Pause = async () => undefined;

export function fixedPause(ms: number): Pause {
  return (_attempt, signal) => after(ms, undefined, { signal });
}

/** A pause that doubles with each attempt, with jitter, so that two writers do not meet again. */
export function backoff(firstMs: number): Pause {
  return (attempt, signal) =>
    after(firstMs * 2 ** (attempt - 1) * (0.5 + Math.random()), undefined, { signal });
}

interface Attempts {
  /** How many there are at most. */
  readonly attempts: number;
  readonly pause: Pause;
  /** Ends a pause. @default nothing does */
  readonly signal?: AbortSignal;
}

export interface PollOptions<T> extends Attempts {
  readonly isEnough: (result: T) => boolean;
}

export interface RetryOptions extends Attempts {
  readonly isRetryable: (error: unknown) => boolean;
}

/** Does the work again until its result is enough. @returns the last result, which need not be enough. @throws what the work throws */
export async function poll<T>(
  work: (attempt: number) => Promise<T>,
  { isEnough, attempts, pause, signal }: PollOptions<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await work(attempt);
    if (isEnough(result) || attempt >= attempts) return result;
    await pause(attempt, signal);
  }
}

/** Does the work again while it throws what is retryable. @throws the last error */
export async function retry<T>(
  work: (attempt: number) => Promise<T>,
  { isRetryable, attempts, pause, signal }: RetryOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!isRetryable(error) || attempt >= attempts) throw error;
    }
    await pause(attempt, signal);
  }
}
