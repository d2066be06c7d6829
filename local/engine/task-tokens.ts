import { randomUUID } from 'node:crypto';

/** What a waiting task is told: JSON text, or the error that ends it. */
export type TokenOutcome =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly error: string; readonly cause: string };

/** The tokens for which tasks of running executions wait. */
export interface TaskTokens {
  /** A new token, and what will be told to whoever waits for it. */
  issue(): { readonly token: string; readonly outcome: Promise<TokenOutcome> };
  /** @returns false where nobody waits for this token, or no longer */
  settle(token: string, outcome: TokenOutcome): boolean;
}

export function createTaskTokens(): TaskTokens {
  const waiting = new Map<string, (outcome: TokenOutcome) => void>();
  return {
    issue() {
      const token = randomUUID();
      const { promise, resolve } = Promise.withResolvers<TokenOutcome>();
      waiting.set(token, resolve);
      return { token, outcome: promise };
    },
    settle(token, outcome) {
      waiting.get(token)?.(outcome);
      return waiting.delete(token);
    },
  };
}
