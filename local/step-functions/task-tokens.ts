import { randomUUID } from 'node:crypto';
import type { TokenOutcome, TokenTable } from './token-table.ts';

/** A token, what will be told to the task that waits for it, and how to wait no longer. */
export interface TaskToken {
  readonly token: string;
  readonly outcome: Promise<TokenOutcome>;
  close(): void;
}

/** The tokens for which tasks of running executions wait. */
export interface TaskTokens {
  issue(execution: string): TaskToken;
  /** Waits on for a token that was issued before a restart. */
  reopen(token: string): TaskToken;
  /** @returns whether a task waits for this token, does so no longer, or never did */
  settle(token: string, outcome: TokenOutcome): 'told' | 'closed' | 'unknown';
  /** Lets the task go that waits for this token; it stays open for the next process. */
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
      if (found.isClosed) return 'closed';
      table.settle(token, outcome);
      waiting.get(token)?.(outcome);
      waiting.delete(token);
      return 'told';
    },
    release(token) {
      waiting.get(token)?.(ENDED);
      waiting.delete(token);
    },
  };
}

/** The end of a task whose process ends; nobody reads it. */
const ENDED: TokenOutcome = { ok: false, error: 'States.TaskFailed', cause: 'The process ends.' };
