import { join } from 'node:path';
import { type JobRecord, parseJobRecord } from '../../lambdas/core/job/job-record.ts';
import { jobKey, VIDEO_PREFIX, videoIdOf, videoKey } from '../../lambdas/core/storage-keys.ts';
import { createObjectFiles, DamagedObject, type FoundObject } from '../s3/object-files.ts';
import { keysIn } from '../s3/object-paths.ts';
import { type Deployment, functionOf } from '../template/deployment.ts';

/** What is read of a job document here, whichever step has written it. */
export interface StoredJob {
  readonly videoId: string;
  readonly taskId?: string;
  /** May a create have been sent, while no task is written down? */
  readonly isCreateInDoubt: boolean;
  readonly modifiedAt: Date;
  /** Is an end written down? */
  readonly hasEnded: boolean;
  readonly isCancelled: boolean;
  readonly error?: string;
  /** What the error says of money, as far as it says anything. */
  readonly moneySpent?: string;
}

/** The videos of a deployment as they lie on this machine, read past the S3 protocol. */
export interface VideoObjects {
  /** @returns undefined where there is none, or an object that is no job document */
  job(videoId: string): StoredJob | undefined;
  /** Is there an object that is no job document, or that is damaged? */
  isUnreadable(videoId: string): boolean;
  /**
   * May a create have been sent for this video without anybody's knowing what became of it? Not where its task is written down,
   * and not where `Submit task` had not come to its create.
   */
  isCreateInDoubt(videoId: string): boolean;
  /** The task whose video is stored under this id. */
  storedTask(videoId: string): string | undefined;
  /** Every video that has a job document. */
  ids(): readonly string[];
}

export function createVideoObjects(deployment: Deployment, objectFolder: string): VideoObjects {
  const files = createObjectFiles(objectFolder);
  const bucket = functionOf(deployment, 'SubmitTask').environment.VIDEO_BUCKET ?? '';

  function find(key: string): FoundObject | 'absent' | 'damaged' {
    try {
      return files.find(bucket, key) ?? 'absent';
    } catch (error) {
      if (error instanceof DamagedObject) return 'damaged';
      throw error;
    }
  }

  function recordOf(videoId: string): JobRecord | 'absent' | 'unreadable' {
    const found = find(jobKey(videoId));
    if (found === 'absent') return 'absent';
    return (found === 'damaged' ? undefined : parseJobRecord(found.text())) ?? 'unreadable';
  }

  return {
    job(videoId) {
      const found = find(jobKey(videoId));
      const record = typeof found === 'string' ? undefined : parseJobRecord(found.text());
      return typeof found === 'string' || record === undefined
        ? undefined
        : toStoredJob(record, found.modifiedAt);
    },
    isUnreadable: (videoId) => recordOf(videoId) === 'unreadable',
    isCreateInDoubt(videoId) {
      const record = recordOf(videoId);
      return record === 'unreadable' || (record !== 'absent' && isInDoubt(record));
    },
    storedTask(videoId) {
      const found = find(videoKey(videoId));
      return typeof found === 'string' ? undefined : found.metadata['x-amz-meta-task-id'];
    },
    ids: () => keysIn(join(objectFolder, bucket), VIDEO_PREFIX).flatMap((key) => videoIdOf(key) ?? []),
  };
}

function toStoredJob(record: JobRecord, modifiedAt: Date): StoredJob {
  const recorded = (record as JobRecord & RecordedError).error;
  const { Error: error, money_spent: moneySpent } = recorded ?? {};
  return {
    videoId: record.video_id,
    modifiedAt,
    isCreateInDoubt: isInDoubt(record),
    taskId: record.task?.task_id,
    hasEnded: record.finished_at !== undefined,
    isCancelled: record.status === 'cancelled',
    ...(typeof error === 'string' ? { error } : {}),
    ...(typeof moneySpent === 'string' ? { moneySpent } : {}),
  };
}

function isInDoubt({ task, attempt }: JobRecord): boolean {
  return task === undefined && attempt?.sending_at !== undefined;
}

/** What no reader of job documents has checked. */
interface RecordedError {
  readonly error?: { readonly Error?: unknown; readonly money_spent?: unknown } | null;
}
