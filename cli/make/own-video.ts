import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { LocalExecution } from '../../local/step-functions/engine.ts';

type Execution = Pick<LocalExecution, 'name' | 'status'>;

/** The video of this run among all executions of a service, which may also continue videos of earlier runs. */
export interface OwnVideo {
  /** Takes the events of all executions. Events before `follow` are kept. */
  notice(execution: Execution, event: HistoryEvent): void;
  follow(videoId: string): void;
  /** Resolves when the execution has ended. */
  readonly finished: Promise<void>;
}

/** @param onEvent gets the events of the one video, in their order */
export function createOwnVideo(onEvent: (event: HistoryEvent) => void): OwnVideo {
  const finished = Promise.withResolvers<void>();
  const early: (readonly [execution: Execution, event: HistoryEvent])[] = [];
  let followed: string | undefined;

  function pass({ name, status }: Execution, event: HistoryEvent): void {
    if (name !== followed) return;
    onEvent(event);
    if (status !== 'RUNNING') finished.resolve();
  }

  return {
    finished: finished.promise,
    notice({ name, status }, event) {
      // The engine changes the execution object later, so its status is copied.
      const execution = { name, status };
      if (followed === undefined) early.push([execution, event]);
      else pass(execution, event);
    },
    follow(videoId) {
      followed = videoId;
      for (const [execution, event] of early.splice(0)) pass(execution, event);
    },
  };
}
