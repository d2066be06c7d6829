import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { NEVER_INVOKED } from '../../lambdas/core/record-failure/classify.ts';
import { failedAttempt } from '../../lambdas/core/video/failed-attempt.ts';
import type { StoredToken, TokenOutcome } from './token-table.ts';

/** Where an execution goes on after its process has ended, as its history tells it. */
export interface Resumption {
  readonly state: string;
  /** JSON text. */
  readonly input: string;
  /** When the state was entered; absent where it is to be entered anew. */
  readonly enteredAt?: Date;
  /** What became of the attempts of this state, in their order. */
  readonly outcomes: readonly TokenOutcome[];
  /** Of the newest event. */
  readonly lastEventAt: Date;
  /** Has the state been left already? */
  readonly hasExited: boolean;
  /** An attempt that was begun and whose end is not known. */
  readonly open?: OpenAttempt;
}

export interface OpenAttempt {
  readonly scheduledAt: Date;
  /** Did its function answer, so that the attempt waits for its token only? */
  readonly isSubmitted: boolean;
  /** What a task that waits for a token was given, in JSON; its token is in it. */
  readonly parameters?: string;
}

/** @param events from the newest entry of a state on */
export function toResumption(
  events: readonly HistoryEvent[],
  start: { readonly state: string; readonly input: string; readonly startDate: Date },
): Resumption {
  const [entry] = events;
  const lastEventAt = events.at(-1)?.timestamp ?? start.startDate;
  const { name: state = start.state, input = start.input } = entry?.stateEnteredEventDetails ?? {};
  const nothing = { state, input, outcomes: [], lastEventAt, hasExited: false };
  const isToBeEntered =
    entry?.stateEnteredEventDetails === undefined || events.some(({ type }) => type === 'ExecutionRedriven');
  if (isToBeEntered) return nothing;

  const scheduled = events.filter(
    ({ type }) => type === 'LambdaFunctionScheduled' || type === 'TaskScheduled',
  );
  const outcomes = events.flatMap(toOutcomes);
  const last = scheduled.at(-1);
  const isOpen = scheduled.length > outcomes.length;
  return {
    ...nothing,
    enteredAt: entry?.timestamp ?? lastEventAt,
    outcomes,
    hasExited: events.some(({ stateExitedEventDetails }) => stateExitedEventDetails !== undefined),
    ...(isOpen ? { open: toOpen(events, last, lastEventAt) } : {}),
  };
}

function toOpen(
  events: readonly HistoryEvent[],
  scheduled: HistoryEvent | undefined,
  lastEventAt: Date,
): OpenAttempt {
  const newest = events.findLast(({ type }) => type === 'TaskSubmitted' || type === 'TaskScheduled');
  const { parameters } = scheduled?.taskScheduledEventDetails ?? {};
  return {
    scheduledAt: scheduled?.timestamp ?? lastEventAt,
    isSubmitted: newest?.type === 'TaskSubmitted',
    ...(parameters === undefined ? {} : { parameters }),
  };
}

function toOutcomes(event: HistoryEvent): readonly TokenOutcome[] {
  const good = event.lambdaFunctionSucceededEventDetails ?? event.taskSucceededEventDetails;
  if (good !== undefined) return [{ ok: true, output: good.output ?? 'null' }];
  const bad = failedAttempt(event);
  if (bad === undefined) return [];
  const { error, cause = error } = bad;
  return [{ ok: false, error, cause }];
}

/** Lambda's name for a function whose process has ended: https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-execution.html */
export const LOST = 'Runtime.ExitError';

/** What becomes of an attempt that was open when its process ended: it waits on for its token, or its function is lost. */
export type InterruptedTask =
  | { readonly waitsFor: string }
  | { readonly lost: { readonly ok: false; readonly error: string; readonly cause: string } };

/**
 * Decides what becomes of an attempt whose process ended under it. A task that waits for a token waits on for the one
 * that this attempt was given, or takes what was sent back with it. A function may have done its work or not, so it is never invoked again in the
 * same attempt: the attempt ends as Lambda reports a runtime that has exited, and the definition's own Retry and Catch
 * decide. They repeat a check or a copy; after a create they ask `Record failure`, which reads the job document. Where it is
 * certain that the function has done nothing yet, the attempt ends as one that was never begun, which is repeated.
 */
export function interruptedTask(
  { isSubmitted, parameters }: OpenAttempt,
  newest: (StoredToken & { readonly token: string }) | undefined,
  mayHaveActed: boolean,
): InterruptedTask {
  // The newest token may be that of an earlier state, or of an earlier attempt.
  const isOwn = newest !== undefined && parameters?.includes(newest.token) === true;
  if (isOwn && (isSubmitted || newest.outcome !== undefined)) return { waitsFor: newest.token };
  const error = mayHaveActed ? LOST : NEVER_INVOKED;
  const errorMessage = mayHaveActed
    ? 'The process that ran the function ended before the function answered.'
    : 'The process that ran the function ended before the function had done anything.';
  return { lost: { ok: false, error, cause: JSON.stringify({ errorType: error, errorMessage }) } };
}
