import type { Video } from '../core/answer.ts';
import { jobKey } from '../core/job-record.ts';
import { type Execution, isTaskUnknown, storedVideo, toVideo } from '../core/video.ts';
import { logWarning } from './api-call.ts';
import type { Bucket } from './bucket.ts';

/** Turns executions into the videos that they are. */
export interface Videos {
  /** With a fresh link where the video is stored, and the task as it was written down where the history does not have it. */
  show(execution: Execution, now: Date): Promise<Video>;
}

/** @param warn is told where what was written down could not be read; the video is shown without it */
export function createVideos(bucket: Pick<Bucket, 'signLink' | 'readJson'>, warn = logWarning): Videos {
  return {
    async show(execution, now) {
      const stored = storedVideo(execution);
      const link = stored === undefined ? undefined : await bucket.signLink(stored.key, now);
      const recorded = isTaskUnknown(execution)
        ? await bucket.readJson(jobKey(execution.name)).catch(warn)
        : undefined;
      return toVideo({ ...execution, recorded }, now, link);
    },
  };
}
