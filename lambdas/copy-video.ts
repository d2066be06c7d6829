import { toTrustedOrigins } from './core/download-rule.ts';
import { Failure } from './core/failure.ts';
import { type CheckedJob, type CopiedJob, copied } from './core/job.ts';
import { jobKey } from './core/job-record.ts';
import { createBucket } from './io/bucket.ts';
import { openDownload } from './io/download.ts';
import { readEnvironment } from './io/environment.ts';
import { createMiniMax } from './io/minimax.ts';
import { storedKey } from './io/stored-key.ts';
import { workflowStep } from './io/workflow-step.ts';

const CONTENT_TYPE = 'video/mp4';

const environment = readEnvironment('copy-video');
const minimax = createMiniMax({
  host: environment.MINIMAX_API_HOST,
  apiKey: storedKey(environment.MINIMAX_KEY_SECRET),
  timeoutSeconds: Number(environment.MINIMAX_TIMEOUT_SECONDS),
});
const bucket = createBucket(environment.VIDEO_BUCKET);
const source = {
  trustedOrigins: toTrustedOrigins(environment.TRUSTED_DOWNLOAD_ORIGINS),
  idleSeconds: Number(environment.DOWNLOAD_IDLE_SECONDS),
};

/** Streams the finished video into the bucket. It asks MiniMax for the link itself, so that no link rests in the history. */
export const handler = workflowStep<CheckedJob, CopiedJob>(async (job, { signal, now }) => {
  const startedAt = now().getTime();
  const { videoUrl, word } = await minimax.queryTask(job.task.task_id, signal);
  if (videoUrl === undefined) {
    throw new Failure('VideoUnreachable', `MiniMax now says "${word}" of a task that had succeeded.`);
  }
  const { content } = await openDownload(videoUrl, source, signal);
  const key = `videos/${job.video_id}/video.mp4`;
  const object = await bucket.putStream(key, content, CONTENT_TYPE, signal);
  const seconds = (now().getTime() - startedAt) / 1000;
  const done = copied(job, { ...object, content_type: CONTENT_TYPE, seconds }, now());
  await bucket.putJson(jobKey(job.video_id), done);
  return done;
});
