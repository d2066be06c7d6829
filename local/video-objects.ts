import { join } from 'node:path';
import { jobKey, VIDEO_PREFIX } from '../lambdas/core/job-key.ts';
import { type JobRecord, parseJobRecord, videoIdOf } from '../lambdas/core/job-record.ts';
import { createObjectFiles } from './aws/object-files.ts';
import { keysIn } from './aws/object-paths.ts';
import { type Deployment, functionOf } from './deployment.ts';

/** What is read of a job document here, whichever step has written it. */
export interface StoredJob {
  readonly videoId: string;
  readonly taskId?: string;
  readonly error?: string;
}

/** The videos of a deployment as they lie on this machine, read past the S3 protocol. */
export interface VideoObjects {
  /** @returns undefined where there is none, or an object that is no job document */
  job(videoId: string): StoredJob | undefined;
  /**
   * May a create have been sent for this video without anybody's knowing what became of it? Not where its task is written down,
   * and not where `Submit task` had not come to its create.
   */
  isCreateInDoubt(videoId: string): boolean;
  /** Is an end written down? */
  hasEnded(videoId: string): boolean;
  /** The task whose video is stored under this id. */
  storedTask(videoId: string): string | undefined;
  /** Every video that has a job document. */
  ids(): readonly string[];
}

export function createVideoObjects(deployment: Deployment, objectFolder: string): VideoObjects {
  const files = createObjectFiles(objectFolder);
  const bucket = functionOf(deployment, 'SubmitTask').environment.VIDEO_BUCKET ?? '';

  function textOf(videoId: string): string | undefined {
    return files.find(bucket, jobKey(videoId))?.text();
  }

  return {
    job(videoId) {
      const record = parseJobRecord(textOf(videoId) ?? '');
      return record && toStoredJob(record);
    },
    isCreateInDoubt(videoId) {
      const text = textOf(videoId);
      if (text === undefined) return false;
      const record = parseJobRecord(text);
      return record === undefined || (record.task === undefined && record.attempt?.sending_at !== undefined);
    },
    hasEnded: (videoId) => parseJobRecord(textOf(videoId) ?? '')?.finished_at !== undefined,
    storedTask: (videoId) =>
      files.find(bucket, `videos/${videoId}/video.mp4`)?.metadata['x-amz-meta-task-id'],
    ids: () => keysIn(join(objectFolder, bucket), VIDEO_PREFIX).flatMap((key) => videoIdOf(key) ?? []),
  };
}

function toStoredJob(record: JobRecord): StoredJob {
  const { error } = record as { readonly error?: { readonly Error?: unknown } };
  return {
    videoId: record.video_id,
    taskId: record.task?.task_id,
    ...(typeof error?.Error === 'string' ? { error: error.Error } : {}),
  };
}
