import { setTimeout as after } from 'node:timers/promises';

/** What lets attempts begin, until the process is about to end. */
export interface Gate {
  /** Resolves at once, or when the engine lets go of everything. */
  enter(): Promise<void>;
  /** Remembers an attempt that must not be cut off, until it is over. */
  guard(attempt: Promise<unknown>): void;
  /** Lets no further attempt begin, and waits for those that must not be cut off. @param waitMs how long at most */
  close(waitMs: number): Promise<void>;
  /** Lets go those that wait at the door; they find that their execution no longer runs here. */
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
