import type { ExecutionStatus, HistoryEvent } from '@aws-sdk/client-sfn';

/** One execution as it is stored; `input` and `output` are JSON text. */
export interface StoredExecution {
  readonly name: string;
  readonly input: string;
  readonly startDate: Date;
  readonly status: ExecutionStatus;
  readonly stopDate?: Date;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly redriveCount: number;
}

/** Everybody who changes the tables raises the version: a database of another one is not opened. */
export const SCHEMA = {
  version: 1,
  schema: `
  CREATE TABLE definition (id TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE execution (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, definition TEXT NOT NULL REFERENCES definition,
    input TEXT NOT NULL, started INTEGER NOT NULL, status TEXT NOT NULL, stopped INTEGER, output TEXT, error TEXT, cause TEXT,
    redrives INTEGER NOT NULL, announced INTEGER NOT NULL DEFAULT 0);
  CREATE INDEX execution_by_status ON execution (status, sequence);
  CREATE TABLE event (
    execution TEXT NOT NULL, id INTEGER NOT NULL, at INTEGER NOT NULL, type TEXT NOT NULL, details TEXT NOT NULL,
    PRIMARY KEY (execution, id)) WITHOUT ROWID;
  CREATE TABLE token (token TEXT PRIMARY KEY, execution TEXT NOT NULL, issued INTEGER NOT NULL, outcome TEXT, closed INTEGER NOT NULL DEFAULT 0);
  CREATE INDEX token_by_execution ON token (execution, issued);
`,
};

type Row = Readonly<Record<string, unknown>>;

/** A row of `execution`. */
export function toExecution(row: Row): StoredExecution {
  const text = (key: 'output' | 'error' | 'cause') => (row[key] === null ? {} : { [key]: String(row[key]) });
  return {
    name: String(row.name),
    input: String(row.input),
    startDate: new Date(Number(row.started)),
    status: row.status as ExecutionStatus,
    ...(row.stopped === null ? {} : { stopDate: new Date(Number(row.stopped)) }),
    ...text('output'),
    ...text('error'),
    ...text('cause'),
    redriveCount: Number(row.redrives),
  };
}

/** A row of `event`. */
export function toEvent({ id, at, type, details }: Row): HistoryEvent {
  return {
    timestamp: new Date(Number(at)),
    id: Number(id),
    previousEventId: Number(id) - 1,
    type: type as HistoryEvent['type'],
    ...JSON.parse(String(details)),
  };
}
