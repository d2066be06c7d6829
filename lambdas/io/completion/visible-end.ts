import { type Ended, type ExecutionEndEvent, isVisible } from '../../core/completion/end.ts';
import type { ExecutionStats } from '../../core/completion/history-stats.ts';
import type { Execution } from '../../core/video/execution.ts';
import type { Executions } from '../aws/executions.ts';
import { fixedPause, poll } from '../timing.ts';

/** After these polls the call fails, and Lambda repeats it, because it is asynchronous. */
const MAX_POLLS = 5;
const POLL_MS = 1_000;

/** An execution and its history. DescribeExecution and GetExecutionHistory lag behind the event that announces an end. */
export interface VisibleEnds {
  /** @throws Error `NotYetVisible` where Step Functions does not show this end yet */
  find(event: ExecutionEndEvent, signal: AbortSignal): Promise<Execution | undefined>;
  /** @throws Error `NotYetVisible` where the history does not contain this end yet */
  statsOf(ended: Ended, signal: AbortSignal): Promise<ExecutionStats>;
}

/** @param pollMs between two polls. @default a second */
export function createVisibleEnds(
  executions: Pick<Executions, 'find' | 'stats'>,
  pollMs = POLL_MS,
): VisibleEnds {
  return {
    find(event, signal) {
      const read = () => executions.find(event.name);
      const isEnough = (found: Execution | undefined) => found === undefined || isVisible(event, found);
      return until(isEnough, read, { videoId: event.name, pollMs, signal });
    },

    statsOf({ name, stopDate }, signal) {
      const read = () => executions.stats(name, stopDate);
      return until(({ isComplete }) => isComplete, read, { videoId: name, pollMs, signal });
    },
  };
}

interface Polling {
  readonly videoId: string;
  readonly pollMs: number;
  readonly signal: AbortSignal;
}

/** @throws Error `NotYetVisible` after the last poll */
async function until<Shown>(
  isEnough: (shown: Shown) => boolean,
  read: () => Promise<Shown>,
  { videoId, pollMs, signal }: Polling,
): Promise<Shown> {
  const shown = await poll(read, { isEnough, attempts: MAX_POLLS, pause: fixedPause(pollMs), signal });
  if (isEnough(shown)) return shown;
  const why = `Step Functions does not show yet how ${videoId} has ended.`;
  throw Object.assign(new Error(why), { name: 'NotYetVisible' });
}
