import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { LocalExecution } from '../local/step-functions/engine.ts';

type StatusReply = readonly [Pick<LocalExecution, 'name' | 'status'>, HistoryEvent];

/** The one video of this run among the executions of a service, which may also go on with videos of earlier runs. */
export interface OwnVideo {
  /** Takes the events of all executions. Those that come before the video is known are kept until it is. */
  notice(...told: StatusReply): void;
  /** Says which video it is. */
  follow(videoId: string): void;
  /** Resolves when its execution has ended. */
  readonly finished: Promise<void>;
}

/** @param onEvent is told the events of the one video, in their order */
export function createOwnVideo(onEvent: (event: HistoryEvent) => void): OwnVideo {
  const finished = Promise.withResolvers<void>();
  const early: (readonly [name: string, status: string, event: HistoryEvent])[] = [];
  let followed: string | undefined;

  function tell(name: string, status: string, event: HistoryEvent): void {
    if (name !== followed) return;
    onEvent(event);
    if (status !== 'RUNNING') finished.resolve();
  }

  return {
    finished: finished.promise,
    notice({ name, status }, event) {
      // The execution object changes later; its status is that of this moment.
      if (followed === undefined) early.push([name, status, event]);
      else tell(name, status, event);
    },
    follow(videoId) {
      followed = videoId;
      for (const [name, status, event] of early.splice(0)) tell(name, status, event);
    },
  };
}
