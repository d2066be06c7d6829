import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { failedAttempt } from '../../lambdas/core/video/failed-attempt.ts';
import { covers, pauseSeconds, retriersOf, type State } from '../../local/step-functions/retry-pauses.ts';

/** A `Retry` without a number of its own: https://states-language.net/#errors */
const DEFAULT_MAX_ATTEMPTS = 3;

/**
 * Which try of a state follows the last of these failures, and when, as in `try 2 of 32 within 10 s`.
 * @param failures the names of all errors since the state was entered
 * @returns undefined where the definition has no other try
 */
export function nextTry(state: State | undefined, failures: readonly string[]): string | undefined {
  const retriers = retriersOf(state);
  const last = failures.at(-1) ?? '';
  const retrier = retriers.find((one) => covers(one, last));
  if (retrier === undefined) return undefined;
  const { MaxAttempts = DEFAULT_MAX_ATTEMPTS, JitterStrategy } = retrier;
  const repeated =
    failures.filter((name) => retriers.find((one) => covers(one, name)) === retrier).length - 1;
  if (repeated >= MaxAttempts) return undefined;
  // Where several take turns, nobody can say how many tries there are at most.
  const most = retriers.length === 1 ? ` of ${MaxAttempts + 1}` : '';
  const when = JitterStrategy === 'FULL' ? 'within' : 'in';
  return `try ${failures.length + 1}${most} ${when} ${Math.round(pauseSeconds(retrier, repeated))} s`;
}

/** What follows the failure with which this history of an execution ends for now. */
export function nextTryIn(
  { States }: StateMachineDefinition,
  history: readonly HistoryEvent[],
): string | undefined {
  const entry = history.findLastIndex(({ stateEnteredEventDetails }) => stateEnteredEventDetails);
  const failures = history.slice(entry + 1).flatMap((event) => failureOf(event)?.error ?? []);
  return nextTry(States[history[entry]?.stateEnteredEventDetails?.name ?? ''], failures);
}

/**
 * What an attempt has failed with; nothing for every other event. A wait for a callback that runs out of time has not failed, and
 * the verdict of `Video failed` stands in the execution's own end.
 */
export function failureOf(event: HistoryEvent): ReturnType<typeof failedAttempt> {
  return event.type === 'TaskTimedOut' || event.type === 'TaskFailed' ? undefined : failedAttempt(event);
}
