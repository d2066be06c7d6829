import { randomUUID } from 'node:crypto';
import type { TokenOutcome, TokenTable } from './token-table.ts';

/** A token for which a task waits. */
export interface TaskToken {
  readonly token: string;
  readonly outcome: Promise<TokenOutcome>;
  /** Ends the wait. A later use of the token is answered with `expired`. */
  close(): void;
}

/** The tokens for which tasks of running executions wait. */
export interface TaskTokens {
  issue(execution: string): TaskToken;
  /** Waits again for a token that was issued before a restart. */
  reopen(token: string): TaskToken;
  /** @returns `expired` where no task waits for the token any more, `unknown` where none ever did */
  settle(token: string, outcome: TokenOutcome): 'delivered' | 'expired' | 'unknown';
  /** Ends the wait in this process. The token stays open for the next process. */
  release(token: string): void;
}

export function createTaskTokens(table: TokenTable): TaskTokens {
  const waiting = new Map<string, (outcome: TokenOutcome) => void>();

  function open(token: string): TaskToken {
    const { promise, resolve } = Promise.withResolvers<TokenOutcome>();
    waiting.set(token, resolve);
    const close = (): void => {
      waiting.delete(token);
      table.close(token);
    };
    return { token, outcome: promise, close };
  }

  return {
    issue(execution) {
      const token = randomUUID();
      table.add(token, execution);
      return open(token);
    },
    reopen(token) {
      const opened = open(token);
      const { outcome } = table.find(token) ?? {};
      if (outcome !== undefined) waiting.get(token)?.(outcome);
      return opened;
    },
    settle(token, outcome) {
      const found = table.find(token);
      if (found === undefined) return 'unknown';
      if (found.isClosed) return 'expired';
      table.settle(token, outcome);
      waiting.get(token)?.(outcome);
      waiting.delete(token);
      return 'delivered';
    },
    release(token) {
      waiting.get(token)?.(ENDED);
      waiting.delete(token);
    },
  };
}

/** Settles the promise of a task whose process ends. Nothing records it. */
const ENDED: TokenOutcome = { ok: false, error: 'States.TaskFailed', cause: 'The process ends.' };
