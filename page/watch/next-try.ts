import type { Visit, Workflow } from '../../client/index.ts';
import { nextTryOf } from '../../lambdas/core/history/retriers.ts';
import { T } from '../strings.ts';

/** Which try follows the failed ones of a visit, by the definition, and when. @returns undefined where none does */
export function nextTry(
  { States }: Workflow,
  { state, failed_tries }: Visit,
  now: number,
): string | undefined {
  const next = nextTryOf(
    States[state],
    failed_tries.map(({ error }) => error),
  );
  if (next === undefined) return undefined;
  const { attempt, limit, seconds, isRandom } = next;
  const failedAt = Date.parse(failed_tries.at(-1)?.failed_at ?? '');
  const left = Math.ceil(seconds - (now - failedAt) / 1000);
  return left > 0 ? T.nextTry(attempt, limit, left, isRandom) : T.tryRuns(attempt, limit);
}
