import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { covers, pauseSeconds, retriersOf } from '../../lambdas/core/history/retriers.ts';

export type State = StateMachineDefinition['States'][string];

/**
 * The rest of each Retry's pause after the last of these failures, in milliseconds.
 * @param failures the names of all errors since the state was entered
 */
export function remainingPauses(
  state: State | undefined,
  failures: readonly string[],
  elapsedMs: number,
): number[] {
  const retriers = retriersOf(state);
  const answering = failures.map((name) => retriers.findIndex((retrier) => covers(retrier, name)));
  const repeated = answering.slice(0, -1);
  return retriers.map((retrier, index) => {
    const before = repeated.filter((other) => other === index).length;
    const jitter = retrier.JitterStrategy === 'FULL' ? Math.random() : 1;
    return Math.max(0, pauseSeconds(retrier, before) * jitter * 1000 - elapsedMs);
  });
}

/** Does a Retry of this state cover the error? `Submit task` has none for a lost function. */
export function isRepeatedWhenLost(state: State | undefined, error: string): boolean {
  return retriersOf(state).some((retrier) => covers(retrier, error));
}

/** The duration of a `Wait` with this input, in milliseconds. Undefined for a `Wait` until a time of day. */
export function waitMsOf(state: State | undefined, input: unknown): number | undefined {
  if (state?.Type !== 'Wait') return undefined;
  if (state.Seconds !== undefined) return state.Seconds * 1000;
  if (state.SecondsPath === undefined) return undefined;
  return Number(at(input, state.SecondsPath)) * 1000;
}

/** @param path of names only, as in `$.a.b`: `assertSupportedFeatures` rejects any other */
function at(input: unknown, path: string): unknown {
  const names = path.split('.').slice(1);
  return names.reduce((value, name) => (value as Readonly<Record<string, unknown>> | null)?.[name], input);
}
