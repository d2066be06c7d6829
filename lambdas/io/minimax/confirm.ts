import { Failure, type FailureName } from '../../core/failure.ts';
import type { Task } from '../../core/minimax/task.ts';
import { fixedPause, retry } from '../timing.ts';

/** These would end a task that may be paid for, although MiniMax does not say that it has failed. */
const REJECTIONS: readonly FailureName[] = ['InvalidRequest', 'ApiKeyRejected', 'ContentRejected'];

/**
 * Asks how a task is doing. Asks again where MiniMax does not know the task, or rejects the key. Also asks again where it
 * rejects the content and does not say that the task has failed. The second answer counts.
 * @param ask gets 1, and then 2
 */
export function confirmRejection(
  ask: (time: number) => Promise<Task>,
  pauseSeconds: number,
  signal: AbortSignal,
): Promise<Task> {
  const pause = fixedPause(pauseSeconds * 1000);
  return retry(ask, { attempts: 2, isRetryable: isRejection, pause, signal });
}

function isRejection(error: unknown): boolean {
  return error instanceof Failure && REJECTIONS.includes(error.name);
}
