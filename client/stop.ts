/** An attempt has taken too long. */
export class TooSlow extends Error {}

/** Signals of the client and of a call. Each of them ends the work. */
export type Signals = readonly (AbortSignal | undefined)[];

/** The signal that has ended the work. */
export function stoppedBy(signals: Signals): AbortSignal | undefined {
  return signals.find((signal) => signal?.aborted === true);
}

/**
 * Ends at once when a signal is aborted, or after `limitMs`, also where the work ignores its own signal. `AbortSignal.any` does this, but
 * early releases of Node 20 lack it. @throws TooSlow, the reason of the signal, and what the work throws
 */
export async function untilStopped<T>(
  signals: Signals,
  limitMs: number | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const early = stoppedBy(signals);
  if (early !== undefined) throw early.reason;
  const inner = new AbortController();
  const { promise: end, reject } = stoppable();
  inner.signal.addEventListener('abort', () => reject(inner.signal.reason));
  const stop = (): void => inner.abort(stoppedBy(signals)?.reason);
  for (const signal of signals) signal?.addEventListener('abort', stop);
  const timer = limitMs === undefined ? undefined : setTimeout(() => inner.abort(new TooSlow()), limitMs);
  try {
    return await Promise.race([end, work(inner.signal)]);
  } finally {
    clearTimeout(timer);
    for (const signal of signals) signal?.removeEventListener('abort', stop);
  }
}

/** Waits. @throws the reason of a signal, at once */
export async function pause(ms: number, signals: Signals): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await untilStopped(
    signals,
    undefined,
    () =>
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      }),
  ).finally(() => clearTimeout(timer));
}

function stoppable(): { readonly promise: Promise<never>; readonly reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<never>((_resolve, rejectWith) => {
    reject = rejectWith;
  });
  // Nothing waits for it where the work has ended first.
  promise.catch(() => undefined);
  return { promise, reject };
}
