import { OLDEST_MS } from '../../lambdas/core/completion/stale-job.ts';
import type { Engine } from '../step-functions/engine.ts';
import type { StoredJob, VideoObjects } from './video-objects.ts';

/** An unfinished video whose execution is not in the database any more. */
export interface ForgottenVideo {
  readonly job: StoredJob;
  /** Does the sweep at the start adopt its task? */
  readonly isTakenUp: boolean;
}

export function forgottenVideos(
  { videos, engine }: { readonly videos: VideoObjects; readonly engine: Engine },
  now = Date.now(),
): readonly ForgottenVideo[] {
  const jobs = videos.ids().flatMap((videoId) => videos.job(videoId) ?? []);
  return jobs
    .filter(({ videoId, hasEnded }) => !hasEnded && engine.executions.get(videoId) === undefined)
    .map((job) => {
      const isYoung = now - job.modifiedAt.getTime() < OLDEST_MS;
      return { job, isTakenUp: job.taskId !== undefined && isYoung };
    });
}
