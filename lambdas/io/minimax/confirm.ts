import { setTimeout as after } from 'node:timers/promises';
import { Failure, type FailureName } from '../../core/failure.ts';
import type { Task } from '../../core/minimax/task.ts';

/** What ends a task that may be paid for although MiniMax does not say that it has failed. */
const REFUSALS: readonly FailureName[] = ['InvalidRequest', 'ApiKeyRejected', 'ContentRejected'];

/**
 * Asks how a task is doing. That MiniMax does not know the task, refuses the key, or
 * judges the content without saying that the task has failed, is believed when it says so twice.
 * @param ask is told which time it is
 */
export async function confirmRefusal(
  ask: (time: number) => Promise<Task>,
  pauseSeconds: number,
  signal: AbortSignal,
): Promise<Task> {
  try {
    return await ask(1);
  } catch (error) {
    if (!(error instanceof Failure && REFUSALS.includes(error.name))) throw error;
    await after(pauseSeconds * 1000, undefined, { signal });
    return await ask(2);
  }
}
