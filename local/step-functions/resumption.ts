import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { NEVER_INVOKED } from '../../lambdas/core/record-failure/classify.ts';
import { failedAttempt } from '../../lambdas/core/video/failed-attempt.ts';
import type { StoredToken, TokenOutcome } from './token-table.ts';

/** Where an execution continues after the end of its process, taken from its history. */
export interface Resumption {
  readonly state: string;
  /** JSON text. */
  readonly input: string;
  /** Absent where the state has to be entered again. */
  readonly enteredAt?: Date;
  /** The outcomes of the attempts of this state, in their order. */
  readonly outcomes: readonly TokenOutcome[];
  /** Of the newest event. */
  readonly lastEventAt: Date;
  /** Has the state been left already? */
  readonly hasExited: boolean;
  /** An attempt that has begun and has no recorded outcome. */
  readonly open?: OpenAttempt;
}

export interface OpenAttempt {
  readonly scheduledAt: Date;
  /** Its function has answered, so the attempt waits only for its token. */
  readonly isSubmitted: boolean;
  /** The parameters of a task that waits for a token, in JSON. They contain the token. */
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
  const atEntry = { state, input, outcomes: [], lastEventAt, hasExited: false };
  const isToBeEntered =
    entry?.stateEnteredEventDetails === undefined || events.some(({ type }) => type === 'ExecutionRedriven');
  if (isToBeEntered) return atEntry;

  const scheduled = events.filter(
    ({ type }) => type === 'LambdaFunctionScheduled' || type === 'TaskScheduled',
  );
  const outcomes = events.flatMap(toOutcomes);
  const last = scheduled.at(-1);
  const isOpen = scheduled.length > outcomes.length;
  return {
    ...atEntry,
    enteredAt: entry?.timestamp ?? lastEventAt,
    outcomes,
    hasExited: events.some(({ stateExitedEventDetails }) => stateExitedEventDetails !== undefined),
    open: isOpen ? toOpen(events, last, lastEventAt) : undefined,
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
    parameters,
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

/** Lambda's name for the error of a function whose process has ended: https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-execution.html */
export const LOST = 'Runtime.ExitError';

/** How an attempt continues that was open when its process ended: it waits for its token, or fails as lost. */
export type InterruptedTask =
  | { readonly waitsFor: string }
  | { readonly lost: { readonly ok: false; readonly error: string; readonly cause: string } };

/**
 * Decides how an attempt continues whose process has ended. A task with a token waits for that token, or takes the outcome
 * that was sent for it. A function may have done its work, so this attempt never invokes it again. The attempt fails as
 * Lambda reports a runtime that has exited, and the definition's Retry and Catch decide: they repeat a check or a copy.
 * After a create they run `Record failure`, which reads the job document. Where the function has certainly done nothing,
 * the attempt fails as never invoked, which every Retry repeats.
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
