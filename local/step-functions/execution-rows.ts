import type { ExecutionStatus, HistoryEvent } from '@aws-sdk/client-sfn';
import * as z from 'zod/mini';

/** A stored execution. `input` and `output` are JSON text. */
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

/**
 * A change of the tables, or of what the stored definitions and documents say, needs a new version. A database of another version is
 * not opened: its executions would be resumed by functions that do not read their documents.
 */
export const SCHEMA = {
  version: 2,
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

const text = z.nullable(z.string());

const executionRow = z.object({
  name: z.string(),
  input: z.string(),
  started: z.number(),
  status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']),
  stopped: z.nullable(z.number()),
  output: text,
  error: text,
  cause: text,
  redrives: z.number(),
});

/** @param row of the table `execution` */
export function toExecution(row: unknown): StoredExecution {
  const { name, input, started, status, stopped, output, error, cause, redrives } = z.parse(
    executionRow,
    row,
  );
  return {
    name,
    input,
    startDate: new Date(started),
    status,
    stopDate: stopped === null ? undefined : new Date(stopped),
    output: output ?? undefined,
    error: error ?? undefined,
    cause: cause ?? undefined,
    redriveCount: redrives,
  };
}

const eventRow = z.object({
  id: z.number(),
  at: z.number(),
  type: z.custom<HistoryEvent['type']>((type) => typeof type === 'string'),
  details: z.string(),
});

/** @param row of the table `event`; its `details` are what `appendEvent` has written, in JSON */
export function toEvent(row: unknown): HistoryEvent {
  const { id, at, type, details } = z.parse(eventRow, row);
  return { timestamp: new Date(at), id, previousEventId: id - 1, type, ...JSON.parse(details) };
}
