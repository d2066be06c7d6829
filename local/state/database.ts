import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { UnusableFile } from '../user-error.ts';

/** An SQLite database. Writes share one transaction until `flush`, or until the next turn of the event loop. */
export interface Database {
  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[];
  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined;
  write(sql: string, ...values: readonly SQLInputValue[]): void;
  /** Commits all writes. They are on disk when this returns. */
  flush(): void;
  close(): void;
}

type Row = Readonly<Record<string, unknown>>;

interface Layout {
  readonly schema: string;
  /** Changes with the schema. */
  readonly version: number;
}

/** Opens or creates a database for one process. @throws UnusableFile where it cannot be read, or has the schema of another version */
export function openDatabase(path: string, layout: Layout): Database {
  return withPath(path, () => toDatabase(path, open(path, layout)));
}

/** Names the file in an error. SQLite finds damage when it opens a file or reads a damaged page. */
function withPath<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    throw new UnusableFile(
      `${path} cannot be read (${(error as Error).message}). Move it away: the next start makes a new one, and resumes from the job documents.`,
      { cause: error },
    );
  }
}

/** SQLITE_CORRUPT, SQLITE_CANTOPEN, SQLITE_NOTADB: https://sqlite.org/rescode.html */
const UNREADABLE: readonly number[] = [11, 14, 26];

function isUnreadable(error: unknown): boolean {
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  const isOfSystem = code === 'EACCES' || code === 'EISDIR' || code === 'EPERM';
  // The low byte of an extended code is the code.
  return isOfSystem || UNREADABLE.includes(Number(errcode) & 0xff);
}

function open(path: string, { schema, version }: Layout): DatabaseSync {
  // SQLite creates its other files with the mode of this one.
  if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    const found = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (found === 0) database.exec(`BEGIN; ${schema} PRAGMA user_version = ${version}; COMMIT;`);
    else if (found !== version)
      throw new UnusableFile(
        `${path} was written by another version of Template Video (layout ${found}, not ${version}). Use that version, or move the file away.`,
      );
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

function toDatabase(path: string, database: DatabaseSync): Database {
  const statements = new Map<string, StatementSync>();
  function prepare(sql: string): StatementSync {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  let isOpen = false;
  function flush(): void {
    if (!isOpen) return;
    database.exec('COMMIT');
    isOpen = false;
  }

  return {
    all: (sql, ...values) => withPath(path, () => prepare(sql).all(...values)),
    get: (sql, ...values) => withPath(path, () => prepare(sql).get(...values)),
    write(sql, ...values) {
      if (!isOpen) {
        database.exec('BEGIN');
        isOpen = true;
        setImmediate(flush);
      }
      prepare(sql).run(...values);
    },
    flush,
    close() {
      flush();
      database.close();
    },
  };
}
