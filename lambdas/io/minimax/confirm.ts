import { Failure, type FailureName } from '../../core/failure.ts';
import type { Task } from '../../core/minimax/task.ts';
import { fixedPause, retry } from '../timing.ts';

/** These would end a task that may be paid for, although MiniMax does not say that it has failed. */
const REFUSALS: readonly FailureName[] = ['InvalidRequest', 'ApiKeyRejected', 'ContentRejected'];

/**
 * Asks how a task is doing, and asks again where MiniMax does not know the task, refuses the key, or rejects the content without
 * saying that the task has failed. The second answer counts.
 * @param ask gets 1, and then 2
 */
export function confirmRefusal(
  ask: (time: number) => Promise<Task>,
  pauseSeconds: number,
  signal: AbortSignal,
): Promise<Task> {
  const pause = fixedPause(pauseSeconds * 1000);
  return retry(ask, { attempts: 2, isRetryable: isRefusal, pause, signal });
}

function isRefusal(error: unknown): boolean {
  return error instanceof Failure && REFUSALS.includes(error.name);
}
