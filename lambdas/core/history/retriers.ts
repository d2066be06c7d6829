/** A `Retry` of a state, with the defaults of https://states-language.net/#errors */
export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxAttempts?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: string;
}

/** A state of a definition, of any type. */
export type RetriedState = object | undefined;

/** The default of a `Retry`: https://states-language.net/#errors */
const DEFAULT_MAX_ATTEMPTS = 3;

/** The try of a state that follows a failed one. */
export interface NextTry {
  readonly attempt: number;
  /** The last attempt. With several `Retry`, it depends on their order, and is undefined. */
  readonly limit: number | undefined;
  /** The pause, in seconds. */
  readonly seconds: number;
  /** Whether the pause is a random part of `seconds`. */
  readonly isRandom: boolean;
}

/**
 * The try that follows the last of these failures.
 * @param failures the names of all errors since the state was entered
 * @returns undefined where no try follows
 */
export function nextTryOf(state: RetriedState, failures: readonly string[]): NextTry | undefined {
  const retriers = retriersOf(state);
  const last = failures.at(-1);
  const retrier = last === undefined ? undefined : retriers.find((one) => covers(one, last));
  if (retrier === undefined) return undefined;
  const { MaxAttempts = DEFAULT_MAX_ATTEMPTS, JitterStrategy } = retrier;
  const repeated =
    failures.filter((name) => retriers.find((one) => covers(one, name)) === retrier).length - 1;
  if (repeated >= MaxAttempts) return undefined;
  return {
    attempt: failures.length + 1,
    limit: retriers.length === 1 ? MaxAttempts + 1 : undefined,
    seconds: pauseSeconds(retrier, repeated),
    isRandom: JitterStrategy === 'FULL',
  };
}

/** The pause of a Retry without jitter. @param before how often the Retry has repeated the state already */
export function pauseSeconds(retrier: Retrier, before: number): number {
  const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity } = retrier;
  return Math.min(IntervalSeconds * BackoffRate ** before, MaxDelaySeconds);
}

export function retriersOf(state: RetriedState): readonly Retrier[] {
  return (state !== undefined && 'Retry' in state && (state.Retry as readonly Retrier[] | undefined)) || [];
}

export function covers({ ErrorEquals }: Retrier, error: string): boolean {
  return ErrorEquals.some((name) => name === error || name === 'States.ALL' || name === 'States.TaskFailed');
}
