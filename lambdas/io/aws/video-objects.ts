import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  NoSuchUpload,
  type S3Client,
} from '@aws-sdk/client-s3';
import { create as contentDisposition } from 'content-disposition';
import type { BegunUpload } from '../../core/download/checkpoint.ts';
import { Failure } from '../../core/failure.ts';
import { RETENTION_TAG } from '../../core/storage-keys.ts';
import { rethrowAsStorageUnavailable } from './errors.ts';
import { createHasher, createHashingStream, type Measured } from './hashing.ts';
import { getObject } from './s3-objects.ts';
import { createStreamUpload, type StreamUpload } from './upload.ts';

/** The key of the `task_id` in the object's metadata (`x-amz-meta-`). */
const TASK_ID = 'task-id';

export interface StoredObject extends Measured {
  readonly bucket: string;
  readonly key: string;
}

export interface Labels {
  readonly contentType: string;
  /** The name under which a browser saves the object. */
  readonly fileName: string;
  readonly taskId: string;
  /** Whether the lifecycle rule of `RETENTION_TAG` is to delete the object. */
  readonly expires: boolean;
}

/** The videos of a bucket, and the uploads that become videos. */
export interface VideoObjectStore {
  /**
   * An upload of a stream.
   * @param begun the upload of an earlier attempt, which this one continues
   * @param onPart called after each stored part
   */
  createUpload(key: string, labels: Labels, begun?: BegunUpload, onPart?: () => void): StreamUpload;
  /**
   * The object that an earlier attempt stored for this task; it is read to measure it.
   * @throws Failure `StorageUnavailable`, or `VideoExistsAlready` where the object is of another task
   */
  findStored(key: string, taskId: string, signal: AbortSignal): Promise<StoredObject | undefined>;
  /** The ids of all unfinished uploads of this object. @throws Error of the SDK */
  listUploads(key: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Aborts uploads. A missing one is no error. @throws Error of the SDK */
  abortUploads(key: string, uploadIds: readonly string[], signal: AbortSignal): Promise<void>;
}

export function createVideoObjectStore(bucket: string, client: S3Client): VideoObjectStore {
  return {
    createUpload(key, labels, begun, onPart) {
      const params = { Bucket: bucket, Key: key, ...toHeaders(labels) };
      return createStreamUpload({ client, params }, begun, onPart);
    },

    async findStored(key, taskId, signal) {
      const input = { Bucket: bucket, Key: key };
      const found = await getObject(client, input, signal).catch(rethrowAsStorageUnavailable);
      const content = found?.Body as Readable | undefined;
      if (content === undefined) return undefined;
      if (found?.Metadata?.[TASK_ID] !== taskId) {
        content.destroy();
        throw new Failure('VideoExistsAlready', `The video of another task is stored at ${key}.`);
      }
      const hasher = createHasher();
      await pipeline(content, createHashingStream(hasher), { signal }).catch(rethrowAsStorageUnavailable);
      return { bucket, key, ...hasher.result() };
    },

    async listUploads(key, abortSignal) {
      const list = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key });
      const { Uploads = [] } = await client.send(list, { abortSignal });
      return Uploads.flatMap(({ Key, UploadId }) =>
        Key === key && UploadId !== undefined ? [UploadId] : [],
      );
    },

    async abortUploads(key, uploadIds, abortSignal) {
      const aborts = uploadIds.map(
        (UploadId) => new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId }),
      );
      await Promise.all(aborts.map((abort) => client.send(abort, { abortSignal }).catch(unlessGone)));
    },
  };
}

function toHeaders({ contentType, fileName, taskId, expires }: Labels) {
  const fallback = fileName.replaceAll(/[^\x20-\x7e]/g, '_');
  return {
    ContentType: contentType,
    ContentDisposition: contentDisposition(fileName, { type: 'inline', fallback }),
    Metadata: { [TASK_ID]: taskId },
    Tagging: expires ? `${RETENTION_TAG.name}=${RETENTION_TAG.value}` : undefined,
  };
}

function unlessGone(error: unknown): void {
  if (!(error instanceof NoSuchUpload)) throw error;
}
