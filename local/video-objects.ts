import { join } from 'node:path';
import { jobKey } from '../lambdas/core/job-record.ts';
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
  job(videoId: string): StoredJob | undefined;
  /** The task whose video is stored under this id. */
  storedTask(videoId: string): string | undefined;
  /** Every video that has a job document. */
  ids(): readonly string[];
}

export function createVideoObjects(deployment: Deployment, objectFolder: string): VideoObjects {
  const files = createObjectFiles(objectFolder);
  const bucket = functionOf(deployment, 'SubmitTask').environment.VIDEO_BUCKET ?? '';
  return {
    job(videoId) {
      const found = files.find(bucket, jobKey(videoId));
      return found && toStoredJob(videoId, JSON.parse(found.text()));
    },
    storedTask: (videoId) =>
      files.find(bucket, `videos/${videoId}/video.mp4`)?.metadata['x-amz-meta-task-id'],
    ids: () =>
      keysIn(join(objectFolder, bucket), 'videos/').flatMap(
        (key) => /^videos\/([^/]+)\/job\.json$/.exec(key)?.[1] ?? [],
      ),
  };
}

function toStoredJob(videoId: string, document: unknown): StoredJob {
  const { task, error } = (document ?? {}) as {
    readonly task?: { readonly task_id?: unknown };
    readonly error?: { readonly Error?: unknown };
  };
  return {
    videoId,
    ...(typeof task?.task_id === 'string' ? { taskId: task.task_id } : {}),
    ...(typeof error?.Error === 'string' ? { error: error.Error } : {}),
  };
}
