import { OLDEST_MS } from '../../lambdas/core/completion/stale-job.ts';
import type { Engine } from '../step-functions/engine.ts';
import type { StoredJob, VideoObjects } from './video-objects.ts';

/** A video without an end whose execution was in a database that is gone. */
export interface ForgottenVideo {
  readonly job: StoredJob;
  /** Does the sweep of a start adopt its task? */
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
