import { addAbortListener } from 'node:events';

/** What comes of the work, unless the signal is aborted first. @throws what the signal was aborted with */
export async function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: stopped, reject: stop } = Promise.withResolvers<never>();
  using _listener = addAbortListener(signal, () => stop(signal.reason));
  return await Promise.race([work, stopped]);
}
