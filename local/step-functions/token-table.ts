import type { Database } from '../state/database.ts';

/** What a waiting task is told: JSON text, or the error that ends it. */
export type TokenOutcome =
  | { readonly ok: true; readonly output: string }
  | { readonly ok: false; readonly error: string; readonly cause: string };

/** The task tokens of all executions on disk, with what was sent back with them. */
export interface TokenTable {
  add(token: string, execution: string): void;
  find(token: string): StoredToken | undefined;
  /** The newest token of an execution. */
  newest(execution: string): (StoredToken & { readonly token: string }) | undefined;
  settle(token: string, outcome: TokenOutcome): void;
  /** From now on nobody waits for it. */
  close(token: string): void;
}

export interface StoredToken {
  readonly outcome?: TokenOutcome;
  readonly isClosed: boolean;
}

export function createTokenTable({ get, write, flush }: Database): TokenTable {
  return {
    add: (token, execution) =>
      write('INSERT INTO token (token, execution, issued) VALUES (?, ?, ?)', token, execution, Date.now()),
    find(token) {
      const row = get('SELECT outcome, closed FROM token WHERE token = ?', token);
      return row && toToken(row);
    },
    newest(execution) {
      const sql =
        'SELECT token, outcome, closed FROM token WHERE execution = ? ORDER BY issued DESC, rowid DESC LIMIT 1';
      const row = get(sql, execution);
      return row && { token: String(row.token), ...toToken(row) };
    },
    settle(token, outcome) {
      write('UPDATE token SET outcome = ?, closed = 1 WHERE token = ?', JSON.stringify(outcome), token);
      // Whoever sent it back is told that it has arrived.
      flush();
    },
    close: (token) => write('UPDATE token SET closed = 1 WHERE token = ?', token),
  };
}

function toToken({ outcome, closed }: Readonly<Record<string, unknown>>): StoredToken {
  return {
    isClosed: closed === 1,
    ...(outcome === null ? {} : { outcome: JSON.parse(String(outcome)) }),
  };
}
