import { toTrustedOrigins } from './core/download/url-policy.ts';
import { Failure } from './core/failure.ts';
import { toCopiedJob } from './core/job/checked-job.ts';
import { type CheckedJob, type CopiedJob, waitingSeconds } from './core/job/job.ts';
import { heldByAnother, isHeldBy, isOver, unreadable } from './core/job/job-record.ts';
import type { Task } from './core/minimax/task.ts';
import { checkpointKey, videoKey } from './core/storage-keys.ts';
import { createBucket } from './io/aws/bucket.ts';
import { createCheckpoints } from './io/download/checkpoints.ts';
import { copyFile } from './io/download/copy-file.ts';
import { readEnvironment } from './io/environment.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { createMetricEmitter } from './io/lambda/emf.ts';
import { stepHandler } from './io/lambda/step-handler.ts';
import { createApiKey } from './io/minimax/api-key.ts';
import { createMiniMax } from './io/minimax/client.ts';
import { confirmRefusal } from './io/minimax/confirm.ts';

const CONTENT_TYPE = 'video/mp4';

const environment = readEnvironment('copy-video');
const minimax = createMiniMax({
  host: environment.MINIMAX_API_HOST,
  apiKey: createApiKey(environment.MINIMAX_KEY_SECRET),
  timeoutSeconds: Number(environment.MINIMAX_TIMEOUT_SECONDS),
});
const measures = createMetricEmitter();
const bucket = createBucket(environment.VIDEO_BUCKET);
const records = createJobRecords(bucket);
const rules = {
  trustedOrigins: toTrustedOrigins(environment.TRUSTED_DOWNLOAD_ORIGINS),
  idleSeconds: Number(environment.DOWNLOAD_IDLE_SECONDS),
  pauseSeconds: Number(environment.DOWNLOAD_PAUSE_SECONDS),
  maxMegabytes: Number(environment.MAX_VIDEO_MEGABYTES),
};
const everySeconds = Number(environment.CHECKPOINT_SECONDS);

/** Streams the finished video into the bucket. It asks MiniMax for the link itself, so that no link rests in the history. */
export const handler = stepHandler<CheckedJob, CopiedJob>(async (job, { signal, now, warn }) => {
  measures.emit({ values: { WaitingSeconds: waitingSeconds(job, now()) } }, job.video_id);
  const begunAt = now();
  const { video_id } = job;
  const { task } = job;
  const taskId = task.task_id;
  const held = await records.read(video_id);
  if (held.kind === 'record' && !isHeldBy(held.record, job)) throw heldByAnother(held.record);

  const notes = createCheckpoints({ bucket, key: checkpointKey(video_id), taskId, everySeconds, warn });
  const key = videoKey(video_id);
  const labels = { contentType: CONTENT_TYPE, fileName: `${video_id}.mp4`, taskId };
  const source = { ...rules, askForLink: () => linkOf(task, signal) };
  const stored = await copyFile({ bucket, key, labels, notes, source, warn }, signal);

  const seconds = (now().getTime() - begunAt.getTime()) / 1000;
  const done = toCopiedJob(job, { ...stored, content_type: CONTENT_TYPE, seconds }, now());
  if (held.kind === 'unreadable') {
    warn(unreadable(video_id));
    return done;
  }
  const updated = await records.update(job, (found) => (isOver(found, begunAt) ? undefined : done));
  if (updated.kind === 'foreign') throw heldByAnother(updated.record);
  return done;
});

async function linkOf(task: CheckedJob['task'], signal: AbortSignal): Promise<string> {
  const ask = (): Promise<Task> => {
    measures.emit({ values: { Polls: 1 } });
    return minimax.queryTask(task, signal);
  };
  const { videoUrl, rawStatus } = await confirmRefusal(ask, Number(environment.QUERY_PAUSE_SECONDS), signal);
  if (videoUrl !== undefined) return videoUrl;
  throw new Failure('VideoUnreachable', `MiniMax now says "${rawStatus}" of a task that had succeeded.`);
}
