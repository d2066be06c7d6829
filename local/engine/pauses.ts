import type { StateMachineDefinition } from 'aws-local-stepfunctions';

/** A `Retry` of a state, with the defaults of https://states-language.net/#errors */
interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'NONE' | 'FULL';
}

type State = StateMachineDefinition['States'][string];

/**
 * How long the pause of each Retry of a state still takes after the last of these failures, in milliseconds.
 * @param failures the names of all errors since the state was entered
 */
export function remainingPauses(
  state: State | undefined,
  failures: readonly string[],
  elapsedMs: number,
): number[] {
  const retriers: readonly Retrier[] = (state !== undefined && 'Retry' in state && state.Retry) || [];
  const answering = failures.map((name) =>
    retriers.findIndex(({ ErrorEquals }) => covers(ErrorEquals, name)),
  );
  const repeated = answering.slice(0, -1);
  return retriers.map((retrier, index) => {
    const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity, JitterStrategy } = retrier;
    const before = repeated.filter((other) => other === index).length;
    const seconds = Math.min(IntervalSeconds * BackoffRate ** before, MaxDelaySeconds);
    const jitter = JitterStrategy === 'FULL' ? Math.random() : 1;
    return Math.max(0, seconds * jitter * 1000 - elapsedMs);
  });
}

/** Does the definition repeat this state when its function is lost? A create is not repeated. */
export function isRepeatedWhenLost(state: State | undefined, error: string): boolean {
  const retriers: readonly Retrier[] = (state !== undefined && 'Retry' in state && state.Retry) || [];
  return retriers.some(({ ErrorEquals }) => covers(ErrorEquals, error));
}

function covers(names: readonly string[], error: string): boolean {
  return names.some((name) => name === error || name === 'States.ALL' || name === 'States.TaskFailed');
}

/** How long a `Wait` takes that was entered with this input, in milliseconds; undefined where it names a time of day. */
export function waitMsOf(state: State | undefined, input: unknown): number | undefined {
  if (state?.Type !== 'Wait') return undefined;
  if (state.Seconds !== undefined) return state.Seconds * 1000;
  if (state.SecondsPath === undefined) return undefined;
  return Number(at(input, state.SecondsPath)) * 1000;
}

/** @param path of names only, as in `$.a.b`; the engine's features allow no other */
function at(input: unknown, path: string): unknown {
  const names = path.split('.').slice(1);
  return names.reduce((value, name) => (value as Readonly<Record<string, unknown>> | null)?.[name], input);
}
