import { toTrustedOrigins } from './core/download/url-policy.ts';
import { toCopiedJob } from './core/job/checked-job.ts';
import { type CheckedJob, type CopiedJob, waitingSeconds } from './core/job/job.ts';
import { checkpointKey, videoKey } from './core/storage-keys.ts';
import { createBucket } from './io/aws/bucket.ts';
import { createCheckpoints } from './io/download/checkpoints.ts';
import { copyFile } from './io/download/copy-file.ts';
import { readEnvironment, toRetentionDays } from './io/environment.ts';
import { openCopyRecord } from './io/job/copy-record.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { createMetricEmitter } from './io/lambda/emf.ts';
import { stepHandler } from './io/lambda/step-handler.ts';
import { createApiKey } from './io/minimax/api-key.ts';
import { createMiniMax } from './io/minimax/client.ts';
import { createFindVideoLink } from './io/minimax/video-link.ts';

const CONTENT_TYPE = 'video/mp4';

const environment = readEnvironment('copy-video');
const metrics = createMetricEmitter();
const minimax = createMiniMax({
  host: environment.MINIMAX_API_HOST,
  apiKey: createApiKey(environment.MINIMAX_KEY_SECRET),
  timeoutSeconds: Number(environment.MINIMAX_TIMEOUT_SECONDS),
});
const findVideoLink = createFindVideoLink({
  minimax,
  metrics,
  pauseSeconds: Number(environment.QUERY_PAUSE_SECONDS),
});
const bucket = createBucket(environment.VIDEO_BUCKET);
const records = createJobRecords(bucket);
const everySeconds = Number(environment.CHECKPOINT_SECONDS);
const expires = toRetentionDays(environment) !== undefined;
const policy = {
  trustedOrigins: toTrustedOrigins(environment.TRUSTED_DOWNLOAD_ORIGINS),
  idleSeconds: Number(environment.DOWNLOAD_IDLE_SECONDS),
  pauseSeconds: Number(environment.DOWNLOAD_PAUSE_SECONDS),
  maxMegabytes: Number(environment.MAX_VIDEO_MEGABYTES),
};

/** Streams the finished video into the bucket. It asks MiniMax for the link itself, so that no link is kept in the history. */
export const handler = stepHandler<CheckedJob, CopiedJob>(async (job, { signal, now, warn }) => {
  const { video_id, task } = job;
  const { task_id: taskId } = task;
  const begunAt = now();
  metrics.emit({ values: { WaitingSeconds: waitingSeconds(job, begunAt) } }, video_id);
  const record = await openCopyRecord(records, job, { begunAt, warn });
  const checkpoints = createCheckpoints({ bucket, key: checkpointKey(video_id), taskId, everySeconds, warn });
  const labels = { contentType: CONTENT_TYPE, fileName: `${video_id}.mp4`, taskId, expires };
  const source = { ...policy, askForLink: () => findVideoLink(task, signal) };
  const stored = await copyFile(
    { bucket, key: videoKey(video_id), labels, checkpoints, source, warn },
    signal,
  );
  const seconds = (now().getTime() - begunAt.getTime()) / 1000;
  const copied = toCopiedJob(job, { ...stored, content_type: CONTENT_TYPE, seconds }, now());
  await record.end(copied);
  return copied;
});
