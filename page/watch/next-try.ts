import type { FailedTry, Workflow } from '../../client/index.ts';
import { type NextTry, nextTryOf } from '../../lambdas/core/history/retriers.ts';
import { T } from '../strings.ts';

/** Which try follows the failed ones of a state, by the definition. @returns undefined where none does */
export function nextTry(
  { States }: Workflow,
  state: string,
  failedTries: readonly FailedTry[],
): string | undefined {
  const next = nextTryOf(
    States[state],
    failedTries.map(({ error }) => error),
  );
  return next && toWords(next);
}

function toWords({ attempt, limit, isRandom, seconds }: NextTry): string {
  return T.tryOf(attempt, limit, isRandom ? T.within : T.inSeconds, Math.round(seconds));
}
