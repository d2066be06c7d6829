import { createHash } from 'node:crypto';
import type { ExecutionStatus } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { openDatabase } from '../state/database.ts';
import { createEventTable, type EventTable } from './event-table.ts';
import { SCHEMA, type StoredExecution, toExecution } from './execution-rows.ts';
import { createTokenTable, type TokenTable } from './token-table.ts';

/** The fields of an execution that change. */
export type ExecutionChange = Pick<
  StoredExecution,
  'status' | 'stopDate' | 'output' | 'error' | 'cause' | 'redriveCount'
>;

export interface ListRequest {
  readonly status?: ExecutionStatus | undefined;
  readonly limit: number;
  /** The name of the last one on the page before. */
  readonly before?: string | undefined;
}

/** A page of executions, newest first. Later starts and ends do not shift pages, because a page begins behind a name. */
export interface ListedPage {
  readonly executions: readonly StoredExecution[];
  readonly hasMore: boolean;
}

/**
 * Executions and their histories on disk. Writes share one transaction until `flush` or the next turn of the event loop.
 * What `flush` has committed survives a `kill -9`.
 */
export interface ExecutionStore extends EventTable {
  add(execution: StoredExecution, definition: StateMachineDefinition): void;
  change(name: string, change: ExecutionChange): void;
  find(name: string): StoredExecution | undefined;
  /** The definition with which the execution was started. */
  definitionOf(name: string): StateMachineDefinition;
  list(request: ListRequest): ListedPage;
  readonly size: number;
  readonly tokens: TokenTable;
  /** Records that the event of this execution's end was delivered. */
  markAnnounced(name: string): void;
  unannounced(): readonly string[];
  flush(): void;
  close(): void;
}

const BEHIND = 'sequence < (SELECT sequence FROM execution WHERE name = ?)';

/** @param path of the database file; `:memory:` keeps nothing */
export function openExecutionStore(path: string): ExecutionStore {
  const database = openDatabase(path, SCHEMA);
  const { all, get, write, flush } = database;

  return {
    add(execution, definition) {
      const text = JSON.stringify(definition);
      const id = createHash('sha256').update(text).digest('hex');
      const { name, input, startDate, status, redriveCount } = execution;
      write('INSERT OR IGNORE INTO definition VALUES (?, ?)', id, text);
      write(
        'INSERT INTO execution (name, definition, input, started, status, redrives) VALUES (?, ?, ?, ?, ?, ?)',
        ...[name, id, input, startDate.getTime(), status, redriveCount],
      );
    },
    change(name, { status, stopDate, output, error, cause, redriveCount }) {
      const values = [status, stopDate?.getTime() ?? null, output ?? null, error ?? null, cause ?? null];
      write(
        'UPDATE execution SET status = ?, stopped = ?, output = ?, error = ?, cause = ?, redrives = ?, announced = 0 WHERE name = ?',
        ...[...values, redriveCount, name],
      );
    },
    find(name) {
      const row = get('SELECT * FROM execution WHERE name = ?', name);
      return row && toExecution(row);
    },
    definitionOf(name) {
      const sql = 'SELECT text FROM definition JOIN execution ON definition.id = definition WHERE name = ?';
      return JSON.parse(String(get(sql, name)?.text));
    },
    list({ status, limit, before }) {
      const conditions = [
        ...(status === undefined ? [] : [{ sql: 'status = ?', value: status }]),
        ...(before === undefined ? [] : [{ sql: BEHIND, value: before }]),
      ];
      const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
      const rows = all(
        `SELECT * FROM execution ${where} ORDER BY sequence DESC LIMIT ?`,
        ...conditions.map(({ value }) => value),
        limit + 1,
      );
      return {
        executions: rows.slice(0, limit).map(toExecution),
        hasMore: rows.length > limit,
      };
    },
    get size() {
      return Number(get('SELECT count(*) AS size FROM execution')?.size);
    },
    ...createEventTable(database),
    tokens: createTokenTable(database),
    markAnnounced: (name) => write('UPDATE execution SET announced = 1 WHERE name = ?', name),
    unannounced: () =>
      all("SELECT name FROM execution WHERE announced = 0 AND status <> 'RUNNING'").map(({ name }) =>
        String(name),
      ),
    flush,
    close: database.close,
  };
}
