import { createHash } from 'node:crypto';
import type { ExecutionStatus, HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { openDatabase } from '../state/database.ts';
import type { StoredExecution } from './execution-rows.ts';
import { SCHEMA, toEvent, toExecution } from './execution-rows.ts';
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

export interface EventRange {
  readonly from: number;
  readonly limit: number;
  readonly newestFirst: boolean;
}

/**
 * Executions and their histories on disk. Writes share one transaction until `flush` or the next turn of the event loop.
 * What `flush` has committed survives a `kill -9`.
 */
export interface ExecutionStore {
  add(execution: StoredExecution, definition: StateMachineDefinition): void;
  change(name: string, change: ExecutionChange): void;
  find(name: string): StoredExecution | undefined;
  /** The definition with which the execution was started. */
  definitionOf(name: string): StateMachineDefinition;
  list(request: ListRequest): ListedPage;
  readonly size: number;
  appendEvent(name: string, event: HistoryEvent): void;
  countEvents(name: string): number;
  events(name: string, range?: EventRange): HistoryEvent[];
  /** When the newest event of a type happened. */
  lastEventAt(name: string, type: HistoryEvent['type']): Date | undefined;
  /** The events from the newest entry of a state on, or all events where no state was entered. */
  eventsSinceEntry(name: string): HistoryEvent[];
  readonly tokens: TokenTable;
  /** Remembers that the event of this execution's end was delivered. */
  markAnnounced(name: string): void;
  unannounced(): readonly string[];
  flush(): void;
  close(): void;
}

const BEHIND = 'sequence < (SELECT sequence FROM execution WHERE name = ?)';
const EVERY_EVENT: EventRange = { from: 1, limit: -1, newestFirst: false };

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
    appendEvent(name, { id, type, timestamp, previousEventId: _previous, ...details }) {
      const at = timestamp?.getTime() ?? Date.now();
      write(
        'INSERT INTO event VALUES (?, ?, ?, ?, ?)',
        name,
        id ?? 0,
        at,
        String(type),
        JSON.stringify(details),
      );
    },
    countEvents: (name) =>
      Number(get('SELECT max(id) AS last FROM event WHERE execution = ?', name)?.last ?? 0),
    events(name, { from, limit, newestFirst } = EVERY_EVENT) {
      const order = newestFirst ? 'id <= ? ORDER BY id DESC' : 'id >= ? ORDER BY id';
      return all(`SELECT * FROM event WHERE execution = ? AND ${order} LIMIT ?`, name, from, limit).map(
        toEvent,
      );
    },
    lastEventAt(name, type) {
      const at = get(
        'SELECT max(at) AS at FROM event WHERE execution = ? AND type = ?',
        name,
        String(type),
      )?.at;
      return typeof at === 'number' ? new Date(at) : undefined;
    },
    eventsSinceEntry(name) {
      const entered = "SELECT max(id) FROM event WHERE execution = ? AND type LIKE '%StateEntered'";
      const sql = `SELECT * FROM event WHERE execution = ? AND id >= ifnull((${entered}), 0) ORDER BY id`;
      return all(sql, name, name).map(toEvent);
    },
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
