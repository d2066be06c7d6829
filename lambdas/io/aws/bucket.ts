import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AbortMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  NoSuchUpload,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { create as contentDisposition } from 'content-disposition';
import type { BegunUpload } from '../../core/download/checkpoint.ts';
import { Failure } from '../../core/failure.ts';
import { jobKey, VIDEO_PREFIX, videoIdOf } from '../../core/storage-keys.ts';
import type { SignedLink } from '../../core/video/video.ts';
import { rethrowAsStorageUnavailable } from './errors.ts';
import { linkLife } from './link-life.ts';
import { createMeasure, type Measured, measuring } from './measure.ts';
import { createJsonObjects, getObject, type JsonObjects } from './s3-objects.ts';
import { createStreamUpload, type StreamUpload } from './upload.ts';

/** After so long without a sign of life, the SDK tries again, and then says so. */
const PATIENCE = { connectionTimeout: 5_000, socketTimeout: 60_000 };

/** In an object's own metadata: which task it is the video of. */
const TASK_ID = 'task-id';

export interface StoredObject extends Measured {
  readonly bucket: string;
  readonly key: string;
}

export interface Labels {
  readonly contentType: string;
  /** The name under which a browser saves it. */
  readonly fileName: string;
  readonly taskId: string;
}

/** A job document in the list of all. */
export interface ListedJob {
  readonly videoId: string;
  readonly modifiedAt: Date;
}

export interface Bucket extends JsonObjects {
  readonly name: string;
  /** All job documents in the order of their ids, a page of the list at a time. @throws Failure `StorageUnavailable` */
  listJobs(signal: AbortSignal, after?: string): AsyncGenerator<ListedJob[]>;
  /** The whole of a small object. @throws Failure `InvalidRequest` when there is none, or it is larger than `maxBytes` */
  read(key: string, maxBytes: number, signal: AbortSignal): Promise<Buffer>;
  /** An object that content can be streamed into. @param begun its upload, where that was begun earlier */
  createUpload(key: string, labels: Labels, begun?: BegunUpload, onPart?: () => void): StreamUpload;
  /**
   * The object that was stored for this task before, measured anew.
   * @throws Failure `StorageUnavailable`, and `VideoExistsAlready` where another task's video is stored there
   */
  findStored(key: string, taskId: string, signal: AbortSignal): Promise<StoredObject | undefined>;
  /** The ids of all uploads of this object that nobody has finished. @throws Error of the SDK */
  listUploads(key: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Takes these uploads back, as far as they are still there. @throws Error of the SDK */
  abortUploads(key: string, uploadIds: readonly string[], signal: AbortSignal): Promise<void>;
  /** A link that opens the object for an hour, or until the credentials end that have signed it. */
  signLink(key: string, now: Date): Promise<SignedLink>;
}

export function createBucket(bucket: string, client = new S3Client({ requestHandler: PATIENCE })): Bucket {
  const get = (Key: string, abortSignal: AbortSignal) =>
    getObject(client, { Bucket: bucket, Key }, { abortSignal });

  return {
    name: bucket,
    ...createJsonObjects(bucket, client),

    async read(key, maxBytes, signal) {
      const found = await get(key, signal);
      if (found === undefined)
        throw new Failure('InvalidRequest', `There is no object s3://${bucket}/${key}.`);
      const bytes = found.ContentLength ?? 0;
      if (bytes <= maxBytes) return Buffer.from((await found.Body?.transformToByteArray()) ?? []);
      throw new Failure(
        'InvalidRequest',
        `The object s3://${bucket}/${key} has ${bytes} bytes; allowed are ${maxBytes}.`,
      );
    },

    createUpload(key, { contentType, fileName, taskId }, begun, onPart) {
      const params = {
        Bucket: bucket,
        Key: key,
        ContentType: contentType,
        ContentDisposition: contentDisposition(fileName, {
          type: 'inline',
          fallback: fileName.replaceAll(/[^\x20-\x7e]/g, '_'),
        }),
        Metadata: { [TASK_ID]: taskId },
      };
      return createStreamUpload({ client, params }, begun, onPart);
    },

    async findStored(key, taskId, signal) {
      const found = await get(key, signal).catch(rethrowAsStorageUnavailable);
      const content = found?.Body as Readable | undefined;
      if (content === undefined) return undefined;
      if (found?.Metadata?.[TASK_ID] !== taskId) {
        content.destroy();
        throw new Failure('VideoExistsAlready', `The video of another task is stored at ${key}.`);
      }
      const measure = createMeasure();
      await pipeline(content, measuring(measure), { signal }).catch(rethrowAsStorageUnavailable);
      return { bucket, key, ...measure.result() };
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

    async *listJobs(signal, after) {
      const start = after === undefined ? {} : { StartAfter: jobKey(after) };
      const input = { Bucket: bucket, Prefix: VIDEO_PREFIX, ...start };
      const pages = paginateListObjectsV2({ client }, input, { abortSignal: signal });
      for (;;) {
        // A list that breaks off is no shorter list.
        const { value: page, done } = await pages.next().catch(rethrowAsStorageUnavailable);
        if (done === true) return;
        yield (page.Contents ?? []).flatMap(({ Key = '', LastModified = new Date(0) }) => {
          const videoId = videoIdOf(Key);
          return videoId === undefined ? [] : [{ videoId, modifiedAt: LastModified }];
        });
      }
    },

    async signLink(key, now) {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key });
      const { seconds, expiresAt } = await linkLife(client, now);
      return { url: await getSignedUrl(client, command, { expiresIn: seconds }), expiresAt };
    },
  };
}

function unlessGone(error: unknown): void {
  if (!(error instanceof NoSuchUpload)) throw error;
}
