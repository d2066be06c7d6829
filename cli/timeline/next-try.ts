import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { failedAttempt } from '../../lambdas/core/video/failed-attempt.ts';
import { covers, pauseSeconds, retriersOf, type State } from '../../local/step-functions/retry-pauses.ts';

/** The default of a `Retry`: https://states-language.net/#errors */
const DEFAULT_MAX_ATTEMPTS = 3;

/**
 * Names the try that follows the last of these failures, as in `try 2 of 32 within 10 s`.
 * @param failures the names of all errors since the state was entered
 * @returns undefined where no try follows
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
  // With several retriers, the highest number of tries depends on their order.
  const limit = retriers.length === 1 ? ` of ${MaxAttempts + 1}` : '';
  const when = JitterStrategy === 'FULL' ? 'within' : 'in';
  return `try ${failures.length + 1}${limit} ${when} ${Math.round(pauseSeconds(retrier, repeated))} s`;
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
