import { setTimeout as after } from 'node:timers/promises';
import { debounceMs } from '../../core/job/callback-state.ts';
import type { WaitedJob } from '../../core/job/job.ts';
import type { JsonObjects } from '../aws/s3-objects.ts';
import type { StepContext } from '../lambda/step-handler.ts';
import { clearPending } from './signals.ts';

/** The callbacks since the last check of a job. */
export interface PendingCallbacks {
  /**
   * Deletes them before a check, and waits where the last check was too recent. A callback that cannot be deleted would end every
   * later wait at once, so the job then continues without callbacks.
   */
  clear(job: WaitedJob, context: StepContext): Promise<WaitedJob>;
}

/** @param minIntervalSeconds between two checks of a job */
export function createPendingCallbacks(
  objects: Pick<JsonObjects, 'remove'>,
  minIntervalSeconds: number,
): PendingCallbacks {
  return {
    async clear(job, { signal, now, warn }) {
      const { callbacks } = job;
      if (callbacks === undefined) return job;
      await after(debounceMs(job, now(), minIntervalSeconds), undefined, { signal });
      return clearPending(objects, job.video_id).then(
        () => job,
        (error: Error) => {
          warn(error);
          if (!callbacks.active) return job;
          return { ...job, callback: { Error: error.name, Cause: error.message } };
        },
      );
    },
  };
}
