import { randomUUID } from 'node:crypto';

/** What a waiting task is told: JSON text, or the error that ends it. */
export type TokenOutcome =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly error: string; readonly cause: string };

/** A token, what will be told to whoever waits for it, and how to wait no longer. */
export interface TaskToken {
  readonly token: string;
  readonly outcome: Promise<TokenOutcome>;
  close(): void;
}

/** The tokens for which tasks of running executions wait. */
export interface TaskTokens {
  issue(): TaskToken;
  /** @returns whether somebody waits for this token, does so no longer, or never did */
  settle(token: string, outcome: TokenOutcome): 'told' | 'closed' | 'unknown';
}

export function createTaskTokens(): TaskTokens {
  const waiting = new Map<string, (outcome: TokenOutcome) => void>();
  const issued = new Set<string>();
  return {
    issue() {
      const token = randomUUID();
      const { promise, resolve } = Promise.withResolvers<TokenOutcome>();
      issued.add(token);
      waiting.set(token, resolve);
      return { token, outcome: promise, close: () => void waiting.delete(token) };
    },
    settle(token, outcome) {
      waiting.get(token)?.(outcome);
      if (waiting.delete(token)) return 'told';
      return issued.has(token) ? 'closed' : 'unknown';
    },
  };
}
