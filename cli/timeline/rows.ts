import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { errorMessageOf } from '../../lambdas/core/failure.ts';
import type { CopiedJob } from '../../lambdas/core/job/job.ts';
import type { FailedJob } from '../../lambdas/core/record-failure/explain.ts';
import { STATES } from '../../lambdas/core/states.ts';
import { printable } from '../../lambdas/core/text/plain.ts';
import { failureOf, nextTry } from './next-try.ts';

/** One state of an execution as people look at it; times are milliseconds from the execution's start. */
export interface Row {
  readonly name: string;
  /** Each visit; the last one has no end while the state is active. */
  readonly visits: readonly { readonly from: number; readonly to?: number }[];
  /** What the state last said: the task, the status, the size. */
  readonly note: string;
  readonly outcome: 'active' | 'done' | 'failed';
  /** Why the newest attempt failed, until there is another. */
  readonly failure?: string;
  /** Whether no other attempt follows. */
  readonly isFinal?: boolean;
  /** The names of all errors of the newest visit. */
  readonly failures?: readonly string[];
}

export interface Course {
  readonly startedAt: number;
  /** Says which attempts follow which failures. @default nobody knows */
  readonly definition?: StateMachineDefinition | undefined;
}

/** Folds a history, event by event, into its rows in the order in which the states were first entered. */
export function addEvent(
  rows: readonly Row[],
  event: HistoryEvent,
  { startedAt, definition }: Course,
): readonly Row[] {
  const at = (event.timestamp?.getTime() ?? startedAt) - startedAt;
  const entered = event.stateEnteredEventDetails;
  if (entered?.name !== undefined) return enter(rows, entered.name, at);
  const exited = event.stateExitedEventDetails;
  if (exited?.name !== undefined)
    return leave(rows, { name: exited.name, at, note: printable(noteOf(exited.name, exited.output)) });

  const active = rows.find((row) => row.outcome === 'active');
  if (active === undefined) return rows;
  const failed = failureOf(event);
  if (failed !== undefined) return replace(rows, withFailure(active, failed, definition));
  if (ATTEMPTS.includes(event.type)) return replace(rows, withoutFailure(active));
  const ended = event.executionFailedEventDetails;
  if (ended !== undefined) {
    const failedRows = replace(rows, { ...active, failure: printable(ended.error ?? '') });
    return leave(failedRows, { name: active.name, at, note: '' });
  }
  return rows;
}

/** Milliseconds spent in a state so far. */
export function millisecondsIn({ visits }: Row, now: number): number {
  return visits.reduce((sum, { from, to }) => sum + (to ?? now) - from, 0);
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

type Failure = NonNullable<ReturnType<typeof failureOf>>;

/** The sentence of a failure after which nothing is tried again is told once, at the end, by others. */
function withFailure(row: Row, failed: Failure, definition: StateMachineDefinition | undefined): Row {
  const { error } = failed;
  const failures = [...(row.failures ?? []), error];
  if (definition === undefined) return { ...row, failures, failure: reasonOf(failed) };
  const next = nextTry(definition.States[row.name], failures);
  if (next === undefined) return { ...row, failures, failure: printable(error), isFinal: true };
  return { ...row, failures, failure: `${next}, after ${reasonOf(failed)}` };
}

function withoutFailure({ failure: _failure, ...row }: Row): Row {
  return row;
}

const ATTEMPTS: readonly HistoryEvent['type'][] = ['LambdaFunctionScheduled', 'TaskScheduled'];

/** The error's name and its sentence. */
function reasonOf({ error, cause }: Failure): string {
  const message = cause === undefined ? '' : errorMessageOf(cause);
  return printable(message === '' ? error : `${error}: ${message}`);
}

function replace(rows: readonly Row[], row: Row): readonly Row[] {
  return rows.map((candidate) => (candidate.name === row.name ? row : candidate));
}

/** The one thing that a state has added to the job document. */
function noteOf(name: string, output: string | undefined): string {
  const { task, check, video, error }: Partial<CopiedJob & FailedJob> = JSON.parse(output ?? '{}');
  if (name === STATES.submitTask || name === STATES.adoptTask)
    return task === undefined ? '' : `task ${task.task_id}`;
  if (name === STATES.checkTask) return check?.minimax_status ?? '';
  if (name === STATES.copyVideo)
    return video === undefined ? '' : `${size(video.bytes)}, SHA-256 ${video.sha256.slice(0, 12)}…`;
  return name === STATES.recordFailure ? (error?.Error ?? '') : '';
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2).padStart(7)} s`;
}
