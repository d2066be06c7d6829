import { setTimeout as after } from 'node:timers/promises';

const MAX_CONNECTIONS = 100;
const MAX_CONSECUTIVE_FAILURES = 5;

/** How many connections one download may still make. */
export interface ConnectionBudget {
  /** Counts a connection, after a pause that doubles with each failure before it. @returns false where none is left */
  take(signal: AbortSignal): Promise<boolean>;
  /** Called when new bytes arrive: the connections so far were no failures. */
  onBytes(): void;
  /** Called when a complete answer was no video. Its bytes do not shorten the pauses. */
  onNotPlayable(): void;
}

/** @param pauseSeconds after the first failure */
export function createConnectionBudget(pauseSeconds: number): ConnectionBudget {
  let connections = 0;
  let consecutiveFailures = 0;
  let notPlayable = 0;

  return {
    async take(signal) {
      signal.throwIfAborted();
      if (connections === MAX_CONNECTIONS || consecutiveFailures === MAX_CONSECUTIVE_FAILURES) return false;
      const failures = Math.max(consecutiveFailures, notPlayable);
      if (failures > 0) await after(2 ** (failures - 1) * pauseSeconds * 1000, undefined, { signal });
      connections += 1;
      consecutiveFailures += 1;
      return true;
    },
    onBytes() {
      consecutiveFailures = 0;
    },
    onNotPlayable() {
      notPlayable += 1;
    },
  };
}
