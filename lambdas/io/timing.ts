import { addAbortListener } from 'node:events';
import { setTimeout as after } from 'node:timers/promises';

/** The result of the work, unless the signal is aborted first. @throws the signal's reason */
export async function raceSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: stopped, reject: stop } = Promise.withResolvers<never>();
  using _listener = addAbortListener(signal, () => stop(signal.reason));
  return await Promise.race([work, stopped]);
}

/**
 * The pause before a retry: it doubles with each turn, with jitter, so that two writers do not meet again.
 * @param turn from 0 on
 * @throws the signal's reason
 */
export async function backoff(firstMs: number, turn: number, signal?: AbortSignal): Promise<void> {
  await after(firstMs * 2 ** turn * (0.5 + Math.random()), undefined, { signal });
}
