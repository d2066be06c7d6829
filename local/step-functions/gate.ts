import { setTimeout as after } from 'node:timers/promises';

/** Admits attempts of tasks until the process is about to end. */
export interface Gate {
  /** Resolves at once, or after `close` at `release`. */
  enter(): Promise<void>;
  /** Makes `close` wait for this attempt. */
  guard(attempt: Promise<unknown>): void;
  /** Admits no further attempt, and waits for the guarded ones. @param waitMs how long at most */
  close(waitMs: number): Promise<void>;
  /** Resolves every pending `enter`. The attempts behind it then find that their execution is suspended. */
  release(): void;
  readonly isReleased: boolean;
}

export function createGate(): Gate {
  const guarded = new Set<Promise<unknown>>();
  const released = Promise.withResolvers<void>();
  let isClosed = false;
  let isReleased = false;
  return {
    enter: () => (isClosed ? released.promise : Promise.resolve()),
    guard(attempt) {
      const settled = attempt.then(
        () => undefined,
        () => undefined,
      );
      guarded.add(settled);
      void settled.then(() => guarded.delete(settled));
    },
    async close(waitMs) {
      isClosed = true;
      const deadline = new AbortController();
      const late = after(waitMs, undefined, { signal: deadline.signal }).catch(() => undefined);
      await Promise.race([Promise.all(guarded), late]);
      deadline.abort();
    },
    release() {
      isClosed = true;
      isReleased = true;
      released.resolve();
    },
    get isReleased() {
      return isReleased;
    },
  };
}
