import { nameAfterQuery } from './classify.ts';
import { type RequestOutcome, toMiniMaxResponse } from './response.ts';
import { beginsId, hasTaskId } from './task-id.ts';

/** Does MiniMax reject the key, so that a newer one may help? After a create, an answer that names a task says more than that. */
export function rejectsKey(requestOutcome: RequestOutcome, call: 'create' | 'query'): boolean {
  if (requestOutcome.outcome !== 'answered') return false;
  const answer = toMiniMaxResponse(requestOutcome);
  const mayHaveTask = call === 'create' && (hasTaskId(answer) || beginsId(answer));
  return nameAfterQuery(answer) === 'ApiKeyRejected' && !mayHaveTask;
}
