import { nameAfterQuery } from './classify.ts';
import { type RequestOutcome, toAnswer } from './response.ts';
import { beginsId, hasTaskId } from './task-id.ts';

/** Does MiniMax reject the key, so that a newer one may help? After a create, an answer that names a task says more than that. */
export function rejectsKey(exchange: RequestOutcome, call: 'create' | 'query'): boolean {
  if (exchange.outcome !== 'answered') return false;
  const answer = toAnswer(exchange);
  const namesTask = call === 'create' && (hasTaskId(answer) || beginsId(answer));
  return nameAfterQuery(answer) === 'ApiKeyRejected' && !namesTask;
}
