import { pause as pauseOrThrow } from '../client/stop.ts';

/** Waits, or until the signal ends it. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return pauseOrThrow(ms, [signal]).catch(() => undefined);
}
