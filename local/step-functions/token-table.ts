import * as z from 'zod/mini';
import type { Database } from '../state/database.ts';

const tokenOutcome = z.discriminatedUnion('ok', [
  z.readonly(z.object({ ok: z.literal(true), output: z.string() })),
  z.readonly(z.object({ ok: z.literal(false), error: z.string(), cause: z.string() })),
]);

/** How a waiting task ends: with a result in JSON text, or with an error. */
export type TokenOutcome = z.output<typeof tokenOutcome>;

const tokenRow = z.object({ outcome: z.nullable(z.string()), closed: z.number() });

/** The task tokens of all executions on disk, each with the outcome that was sent for it. */
export interface TokenTable {
  add(token: string, execution: string): void;
  find(token: string): StoredToken | undefined;
  /** The newest token of an execution. */
  newest(execution: string): (StoredToken & { readonly token: string }) | undefined;
  settle(token: string, outcome: TokenOutcome): void;
  /** Records that no task waits for the token any more. */
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
      // The sender's answer confirms that the outcome is stored.
      flush();
    },
    close: (token) => write('UPDATE token SET closed = 1 WHERE token = ?', token),
  };
}

function toToken(row: unknown): StoredToken {
  const { outcome, closed } = z.parse(tokenRow, row);
  return {
    isClosed: closed === 1,
    outcome: outcome === null ? undefined : z.parse(tokenOutcome, JSON.parse(outcome)),
  };
}
