import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { errorMessageOf } from '../../lambdas/core/failure.ts';
import { printable } from '../../lambdas/core/text/plain.ts';
import { failureOf, nextTry } from './next-try.ts';
import { noteOf } from './note.ts';

/** One state of an execution. Times are milliseconds from the execution's start. */
export interface Row {
  readonly name: string;
  /** Each visit; the last one has no end while the state is active. */
  readonly visits: readonly { readonly from: number; readonly to?: number }[];
  /** The result of the last visit: the task, the status, the size. */
  readonly note: string;
  readonly outcome: 'active' | 'done' | 'failed';
  /** Why the newest attempt failed, until the next attempt. */
  readonly failure?: string;
  /** Whether no attempt follows the failure. */
  readonly isFinal?: boolean;
  /** The names of all errors of the newest visit. */
  readonly failures?: readonly string[];
}

export interface RowOptions {
  readonly startedAt: number;
  /** Says which failures are retried. @default a failure is shown without the next try */
  readonly definition?: StateMachineDefinition;
}

/** Folds a history, event by event, into its rows in the order in which the states were first entered. */
export function addEvent(
  rows: readonly Row[],
  event: HistoryEvent,
  { startedAt, definition }: RowOptions,
): readonly Row[] {
  const at = (event.timestamp?.getTime() ?? startedAt) - startedAt;
  const entered = event.stateEnteredEventDetails;
  if (entered?.name !== undefined) return enter(rows, entered.name, at);
  const exited = event.stateExitedEventDetails;
  if (exited?.name !== undefined)
    return leave(rows, { name: exited.name, at, note: printable(noteOf(exited.name, exited.output)) });

  const active = rows.find((row) => row.outcome === 'active');
  if (active === undefined) return rows;
  const failure = failureOf(event);
  if (failure !== undefined) return replace(rows, withFailure(active, failure, definition));
  if (ATTEMPTS.includes(event.type)) return replace(rows, withoutFailure(active));
  const ended = event.executionFailedEventDetails;
  if (ended === undefined) return rows;
  const failedRows = replace(rows, { ...active, failure: printable(ended.error ?? '') });
  return leave(failedRows, { name: active.name, at, note: '' });
}

/** Milliseconds spent in a state so far. */
export function millisecondsIn({ visits }: Row, now: number): number {
  return visits.reduce((sum, { from, to }) => sum + (to ?? now) - from, 0);
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2).padStart(7)} s`;
}

function enter(rows: readonly Row[], name: string, at: number): readonly Row[] {
  const known = rows.find((row) => row.name === name);
  const visits = [...(known?.visits ?? []), { from: at }];
  const row: Row = { name, visits, note: known?.note ?? '', outcome: 'active' };
  return known === undefined ? [...rows, row] : replace(rows, row);
}

interface Leaving {
  readonly name: string;
  readonly at: number;
  readonly note: string;
}

function leave(rows: readonly Row[], { name, at, note }: Leaving): readonly Row[] {
  const row = rows.find((candidate) => candidate.name === name);
  const last = row?.visits.at(-1);
  if (row === undefined || last === undefined) return rows;
  const visits = [...row.visits.slice(0, -1), { from: last.from, to: at }];
  if (row.failure !== undefined)
    return replace(rows, { ...row, visits, outcome: 'failed', note: row.failure });
  return replace(rows, { ...row, visits, outcome: 'done', note: note === '' ? row.note : note });
}

type AttemptFailure = NonNullable<ReturnType<typeof failureOf>>;

/** A final failure shows its name only, because the command prints its sentence at the end. */
function withFailure(row: Row, attempt: AttemptFailure, definition: StateMachineDefinition | undefined): Row {
  const failures = [...(row.failures ?? []), attempt.error];
  if (definition === undefined) return { ...row, failures, failure: reasonOf(attempt) };
  const next = nextTry(definition.States[row.name], failures);
  if (next === undefined) return { ...row, failures, failure: printable(attempt.error), isFinal: true };
  return { ...row, failures, failure: `${next}, after ${reasonOf(attempt)}` };
}

function withoutFailure({ failure: _failure, ...row }: Row): Row {
  return row;
}

const ATTEMPTS: readonly HistoryEvent['type'][] = ['LambdaFunctionScheduled', 'TaskScheduled'];

/** The error's name and its sentence. */
function reasonOf({ error, cause }: AttemptFailure): string {
  const message = cause === undefined ? '' : errorMessageOf(cause);
  return printable(message === '' ? error : `${error}: ${message}`);
}

function replace(rows: readonly Row[], row: Row): readonly Row[] {
  return rows.map((candidate) => (candidate.name === row.name ? row : candidate));
}
