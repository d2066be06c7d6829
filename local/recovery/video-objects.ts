import { join } from 'node:path';
import * as z from 'zod/mini';
import { type JobRecord, parseJobRecord } from '../../lambdas/core/job/job-record.ts';
import { hasEnded } from '../../lambdas/core/job/redrive.ts';
import { jobKey, VIDEO_PREFIX, videoIdOf, videoKey } from '../../lambdas/core/storage-keys.ts';
import { recordedObject } from '../../lambdas/core/video/recorded-video.ts';
import { createObjectFiles, type FoundObject } from '../s3/object-files.ts';
import { DamagedObject } from '../s3/object-links.ts';
import { keysIn } from '../s3/object-paths.ts';
import { type Deployment, functionOf } from '../template/deployment.ts';

/** What the local commands need of a job document. */
export interface StoredJob {
  readonly videoId: string;
  readonly taskId?: string;
  /** May a create have been sent, although no task is recorded? */
  readonly isCreateInDoubt: boolean;
  readonly modifiedAt: Date;
  /** Is an end recorded that no redrive has followed? */
  readonly hasEnded: boolean;
  readonly isCancelled: boolean;
  /** Was its file stored? It may have been deleted since. */
  readonly wasStored: boolean;
  readonly error?: string;
  /** The `money_spent` of the recorded error. */
  readonly moneySpent?: string;
}

/** The stored videos of a deployment, read from the files of the local object store. */
export interface VideoObjects {
  /** @returns undefined where there is no job document, or none that parses */
  job(videoId: string): StoredJob | undefined;
  /** Is there an object that does not parse as a job document, or that is damaged? */
  isUnreadable(videoId: string): boolean;
  /** May a create have been sent for this video whose outcome is unknown? True also for an unreadable job document. */
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
    return (found === 'damaged' ? undefined : ownRecord(videoId, found)) ?? 'unreadable';
  }

  return {
    job(videoId) {
      const found = find(jobKey(videoId));
      const record = typeof found === 'string' ? undefined : ownRecord(videoId, found);
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

/** @returns undefined for a text that is no job document, or is the one of another video */
function ownRecord(videoId: string, found: FoundObject): JobRecord | undefined {
  const record = parseJobRecord(found.text());
  return record?.video_id === videoId ? record : undefined;
}

function toStoredJob(record: JobRecord, modifiedAt: Date): StoredJob {
  const { error: { Error: error, money_spent: moneySpent } = {} } = z.parse(endedRecord, record);
  return {
    videoId: record.video_id,
    modifiedAt,
    isCreateInDoubt: isInDoubt(record),
    taskId: record.task?.task_id,
    hasEnded: hasEnded(record),
    isCancelled: record.status === 'cancelled',
    wasStored: recordedObject(record) !== undefined,
    error,
    moneySpent,
  };
}

function isInDoubt({ task, attempt }: JobRecord): boolean {
  return task === undefined && attempt?.sending_at !== undefined;
}

/** `parseJobRecord` does not check the recorded error, which is only shown. A malformed one is dropped. */
const shownText = z.catch(z.optional(z.string()), undefined);
const endedRecord = z.object({
  error: z.catch(z.optional(z.object({ Error: shownText, money_spent: shownText })), undefined),
});
