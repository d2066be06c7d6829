import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { Explained } from '../explained.ts';

/** An SQLite database whose writes are gathered into one transaction until `flush`, or until the event loop turns. */
export interface Database {
  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[];
  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined;
  write(sql: string, ...values: readonly SQLInputValue[]): void;
  /** Commits what was written; it is on disk when this returns. */
  flush(): void;
  close(): void;
}

type Row = Readonly<Record<string, unknown>>;

interface Layout {
  readonly schema: string;
  /** Changes with the schema. */
  readonly version: number;
}

/** Opens a database for its one process, or makes it. @throws Explained where it has another version's schema */
export function openDatabase(path: string, { schema, version }: Layout): Database {
  // SQLite gives its other files the mode of this one.
  if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  const found = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (found === 0) database.exec(`BEGIN; ${schema} PRAGMA user_version = ${version}; COMMIT;`);
  else if (found !== version) {
    database.close();
    throw new Explained(
      `${path} was written by another version of Template Video (layout ${found}, not ${version}): use that version, or move the file away.`,
    );
  }

  const statements = new Map<string, StatementSync>();
  function prepared(sql: string): StatementSync {
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
    all: (sql, ...values) => prepared(sql).all(...values) as Row[],
    get: (sql, ...values) => prepared(sql).get(...values) as Row | undefined,
    write(sql, ...values) {
      if (!isOpen) {
        database.exec('BEGIN');
        isOpen = true;
        setImmediate(flush);
      }
      prepared(sql).run(...values);
    },
    flush,
    close() {
      flush();
      database.close();
    },
  };
}
