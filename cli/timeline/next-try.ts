import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { nextTryOf, type RetriedState } from '../../lambdas/core/history/retriers.ts';
import { failedAttempt } from '../../lambdas/core/video/failed-attempt.ts';

/**
 * Names the try that follows the last of these failures, as in `try 2 of 32 within 10 s`.
 * @param failures the names of all errors since the state was entered
 * @returns undefined where no try follows
 */
export function nextTry(state: RetriedState, failures: readonly string[]): string | undefined {
  const next = nextTryOf(state, failures);
  if (next === undefined) return undefined;
  const limit = next.limit === undefined ? '' : ` of ${next.limit}`;
  return `try ${next.attempt}${limit} ${next.isRandom ? 'within' : 'in'} ${Math.round(next.seconds)} s`;
}

/** Names the try that follows the last failure of a history. */
export function nextTryIn(
  { States }: StateMachineDefinition,
  history: readonly HistoryEvent[],
): string | undefined {
  const entry = history.findLastIndex(({ stateEnteredEventDetails }) => stateEnteredEventDetails);
  const failures = history.slice(entry + 1).flatMap((event) => failureOf(event)?.error ?? []);
  return nextTry(States[history[entry]?.stateEnteredEventDetails?.name ?? ''], failures);
}

/**
 * The failure of an attempt. A wait for a callback that times out is no failure, and the failure of `Video failed` is shown at
 * the end of the execution.
 */
export function failureOf(event: HistoryEvent): ReturnType<typeof failedAttempt> {
  return event.type === 'TaskTimedOut' || event.type === 'TaskFailed' ? undefined : failedAttempt(event);
}
