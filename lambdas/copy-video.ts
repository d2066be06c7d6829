import { toTrustedOrigins } from './core/download-rule.ts';
import { Failure } from './core/failure.ts';
import { type CheckedJob, type CopiedJob, copied } from './core/job.ts';
import { toAge } from './core/job-age.ts';
import { heldByAnother, isHeldBy, isOver, unreadable } from './core/job-record.ts';
import type { Task } from './core/minimax-task.ts';
import { askTwice } from './io/ask-twice.ts';
import { createBucket } from './io/bucket.ts';
import { download } from './io/download.ts';
import { readEnvironment } from './io/environment.ts';
import { createJobRecords } from './io/job-record.ts';
import { createMeasures } from './io/measures.ts';
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
const measures = createMeasures();
const bucket = createBucket(environment.VIDEO_BUCKET);
const records = createJobRecords(bucket);
const rules = {
  trustedOrigins: toTrustedOrigins(environment.TRUSTED_DOWNLOAD_ORIGINS),
  idleSeconds: Number(environment.DOWNLOAD_IDLE_SECONDS),
  pauseSeconds: Number(environment.DOWNLOAD_PAUSE_SECONDS),
  maxMegabytes: Number(environment.MAX_VIDEO_MEGABYTES),
};

/** Streams the finished video into the bucket. It asks MiniMax for the link itself, so that no link rests in the history. */
export const handler = workflowStep<CheckedJob, CopiedJob>(async (job, { signal, now, warn }) => {
  measures.emit({ values: toAge(job, now()) }, job.video_id);
  const begunAt = now();
  const { task_id } = job.task;
  const key = `videos/${job.video_id}/video.mp4`;
  const labels = { contentType: CONTENT_TYPE, fileName: `${job.video_id}.mp4`, taskId: task_id };
  const source = { ...rules, askForLink: () => linkOf(task_id, signal) };

  const held = await records.read(job.video_id);
  if (held.kind === 'record' && !isHeldBy(held.record, job)) throw heldByAnother(held.record);
  const found = await bucket.findStored(key, task_id, signal);
  const stored =
    found === undefined
      ? await download(source, (content) => bucket.putStream(key, content, labels, signal), signal)
      : { ...found, attempts: 0, resumes: 0 };
  await bucket.abortUploads(key, signal).catch(warn);

  const seconds = (now().getTime() - begunAt.getTime()) / 1000;
  const done = copied(job, { ...stored, content_type: CONTENT_TYPE, seconds }, now());
  if (held.kind === 'unreadable') {
    warn(unreadable(job.video_id));
    return done;
  }
  const updated = await records.update(job, (found) => (isOver(found, begunAt) ? undefined : done));
  if (updated.kind === 'foreign') throw heldByAnother(updated.record);
  return done;
});

async function linkOf(taskId: string, signal: AbortSignal): Promise<string> {
  const ask = (): Promise<Task> => {
    measures.emit({ values: { Polls: 1 } });
    return minimax.queryTask(taskId, signal);
  };
  const { videoUrl, word } = await askTwice(ask, Number(environment.QUERY_PAUSE_SECONDS), signal);
  if (videoUrl !== undefined) return videoUrl;
  throw new Failure('VideoUnreachable', `MiniMax now says "${word}" of a task that had succeeded.`);
}
