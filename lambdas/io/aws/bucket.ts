import {
  GetObjectCommand,
  HeadObjectCommand,
  NotFound,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Failure } from '../../core/failure.ts';
import { VIDEO_PREFIX, videoIdOf } from '../../core/storage-keys.ts';
import type { SignedLink } from '../../core/video/stored-file.ts';
import { rethrowAsStorageUnavailable } from './errors.ts';
import { linkLife } from './link-life.ts';
import { createJsonObjects, getObject, type JsonObjects } from './s3-objects.ts';
import { createVideoObjectStore, type VideoObjectStore } from './video-objects.ts';

/** A connection without progress for this long ends; the SDK retries, and then throws. */
const TIMEOUTS = { connectionTimeout: 5_000, socketTimeout: 60_000 };

/** A job document in the list of all. */
export interface ListedJob {
  readonly videoId: string;
  readonly modifiedAt: Date;
}

export interface Bucket extends JsonObjects, VideoObjectStore {
  readonly name: string;
  /** All job documents in the order of their ids, in pages. @throws Failure `StorageUnavailable` */
  listJobs(signal: AbortSignal): AsyncGenerator<ListedJob[]>;
  /** The bytes of a small object. @throws Failure `InvalidRequest` when there is none, or it is larger than `maxBytes` */
  read(key: string, maxBytes: number, signal: AbortSignal): Promise<Buffer>;
  /** Whether S3 says that there is no such object. False also where it does not say. Never throws. */
  isGone(key: string, signal: AbortSignal): Promise<boolean>;
  /** A link to the object, valid for an hour, or until the credentials that sign it expire. */
  signLink(key: string, now: Date): Promise<SignedLink>;
}

export function createBucket(bucket: string, client = new S3Client({ requestHandler: TIMEOUTS })): Bucket {
  return {
    name: bucket,
    ...createJsonObjects(bucket, client),
    ...createVideoObjectStore(bucket, client),

    async read(key, maxBytes, signal) {
      const found = await getObject(client, { Bucket: bucket, Key: key }, signal);
      if (found === undefined)
        throw new Failure('InvalidRequest', `There is no object s3://${bucket}/${key}.`);
      const bytes = found.ContentLength ?? 0;
      if (bytes <= maxBytes) return Buffer.from((await found.Body?.transformToByteArray()) ?? []);
      throw new Failure(
        'InvalidRequest',
        `The object s3://${bucket}/${key} has ${bytes} bytes; allowed are ${maxBytes}.`,
      );
    },

    async *listJobs(abortSignal) {
      const input = { Bucket: bucket, Prefix: VIDEO_PREFIX };
      const pages = paginateListObjectsV2({ client }, input, { abortSignal });
      for (;;) {
        // A list that breaks off must not pass for a shorter list.
        const { value: page, done } = await pages.next().catch(rethrowAsStorageUnavailable);
        if (done === true) return;
        yield (page.Contents ?? []).flatMap(({ Key = '', LastModified = new Date(0) }) => {
          const videoId = videoIdOf(Key);
          return videoId === undefined ? [] : [{ videoId, modifiedAt: LastModified }];
        });
      }
    },

    async isGone(key, abortSignal) {
      const head = new HeadObjectCommand({ Bucket: bucket, Key: key });
      // The 404 of a proxy has no id of S3.
      const isAbsence = (error: unknown): boolean =>
        error instanceof NotFound && error.$metadata.requestId !== undefined;
      return client.send(head, { abortSignal }).then(() => false, isAbsence);
    },

    async signLink(key, now) {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key });
      const { seconds, expiresAt } = await linkLife(client, now);
      return { url: await getSignedUrl(client, command, { expiresIn: seconds }), expiresAt };
    },
  };
}
