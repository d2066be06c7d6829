import { Failure } from '../../core/failure.ts';
import type { Task } from '../../core/minimax/task.ts';
import type { MetricEmitter } from '../lambda/emf.ts';
import type { KnownTask, MiniMax } from './client.ts';
import { confirmRejection } from './confirm.ts';

interface Dependencies {
  readonly minimax: Pick<MiniMax, 'queryTask'>;
  readonly metrics: MetricEmitter;
  /** Between a rejection and the query that confirms it. */
  readonly pauseSeconds: number;
}

/** Asks MiniMax for the link to the video of a task. @throws Failure `VideoUnreachable` where MiniMax gives none */
export type FindVideoLink = (task: KnownTask, signal: AbortSignal) => Promise<string>;

export function createFindVideoLink({ minimax, metrics, pauseSeconds }: Dependencies): FindVideoLink {
  return async (task, signal) => {
    const ask = (): Promise<Task> => {
      metrics.emit({ values: { Polls: 1 } });
      return minimax.queryTask(task, signal);
    };
    const { videoUrl, rawStatus } = await confirmRejection(ask, pauseSeconds, signal);
    if (videoUrl !== undefined) return videoUrl;
    throw new Failure('VideoUnreachable', `MiniMax now says "${rawStatus}" of a task that had succeeded.`);
  };
}
