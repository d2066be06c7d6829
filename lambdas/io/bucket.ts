import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AbortMultipartUploadCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { create as contentDisposition } from 'content-disposition';
import { Failure } from '../core/failure.ts';
import type { SignedLink } from '../core/video.ts';
import { unavailable } from './storage-failure.ts';
import { createMeasure, type Measured, uploadStream } from './stream-upload.ts';

const LINK_SECONDS = 3600;

/** How S3 says that an object is not, or in this moment may not be, what it was. */
const OVERTAKEN: readonly string[] = ['PreconditionFailed', 'ConditionalRequestConflict'];

/** S3 denies a missing object to a caller who may not list the bucket. */
const ABSENT: readonly string[] = ['NoSuchKey', 'AccessDenied'];

/** After so long without a sign of life, the SDK tries again, and then says so. */
const PATIENCE = { connectionTimeout: 5_000, socketTimeout: 60_000 };

/** In an object's own metadata: which task it is the video of. */
const TASK_ID = 'task-id';

export interface StoredObject extends Measured {
  readonly bucket: string;
  readonly key: string;
}

/** What lies under a key, and the entity tag by which it is told from what may be there later. */
export interface Versioned {
  readonly value: unknown;
  readonly version: string | undefined;
}

export interface Labels {
  readonly contentType: string;
  /** The name under which a browser saves it. */
  readonly fileName: string;
  readonly taskId: string;
}

export interface Bucket {
  /** The whole of a small object. @throws Failure `InvalidRequest` when there is none, or it is larger than `maxBytes` */
  read(key: string, maxBytes: number, signal: AbortSignal): Promise<Buffer>;
  /** Streams `content` into an object, which appears when it is whole. @throws Failure `StorageUnavailable`, or what `content` broke with */
  putStream(key: string, content: Readable, labels: Labels, signal: AbortSignal): Promise<StoredObject>;
  /** The object that was stored for this task before, measured anew. @throws Failure `StorageUnavailable` */
  findStored(key: string, taskId: string, signal: AbortSignal): Promise<StoredObject | undefined>;
  /** Takes back every upload of this object that nobody has finished. @throws Error of the SDK */
  abortUploads(key: string, signal: AbortSignal): Promise<void>;
  /** @throws Failure `StorageUnavailable` */
  putJson(key: string, value: unknown, signal?: AbortSignal): Promise<void>;
  /** A small JSON object, or `undefined` where there is none. @throws Failure `StorageUnavailable` */
  readJson(key: string): Promise<unknown>;
  /** The same with the version that it has; `undefined` as the version where there is none. @throws Failure `StorageUnavailable` */
  readVersion(key: string): Promise<Versioned>;
  /**
   * Writes a small object if it still has this version, or still is not there.
   * @returns whether it was written
   * @throws Failure `StorageUnavailable`
   */
  putVersion(key: string, value: unknown, version: string | undefined): Promise<boolean>;
  /** A link that opens the object for an hour. */
  signLink(key: string, now: Date): Promise<SignedLink>;
}

export function createBucket(bucket: string, client = new S3Client({ requestHandler: PATIENCE })): Bucket {
  async function get(key: string, signal?: AbortSignal): Promise<GetObjectCommandOutput | undefined> {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key });
    return client.send(command, optional(signal)).catch((error: unknown) => {
      if (error instanceof Error && ABSENT.includes(error.name)) return undefined;
      throw error;
    });
  }

  const toJsonObject = (key: string, value: unknown): PutObjectCommandInput => ({
    Bucket: bucket,
    Key: key,
    Body: `${JSON.stringify(value, null, 2)}\n`,
    ContentType: 'application/json',
  });

  async function readVersion(key: string): Promise<Versioned> {
    const found = await get(key).catch(thrownUnavailable);
    if (found === undefined) return { value: undefined, version: undefined };
    return { value: JSON.parse((await found.Body?.transformToString()) ?? ''), version: found.ETag };
  }

  return {
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

    async putStream(key, content, { contentType, fileName, taskId }, signal) {
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
      return { bucket, key, ...(await uploadStream({ client, params, content, signal })) };
    },

    async findStored(key, taskId, signal) {
      const found = await get(key, signal).catch(thrownUnavailable);
      const content = found?.Body as Readable | undefined;
      if (content === undefined) return undefined;
      if (found?.Metadata?.[TASK_ID] !== taskId) {
        content.destroy();
        return undefined;
      }
      const { passing, result } = createMeasure();
      await pipeline(content, passing.resume(), { signal }).catch(thrownUnavailable);
      return { bucket, key, ...result() };
    },

    async abortUploads(key, abortSignal) {
      const list = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key });
      const { Uploads = [] } = await client.send(list, { abortSignal });
      const ours = Uploads.filter(({ Key }) => Key === key);
      const aborts = ours.map(
        ({ UploadId }) => new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId }),
      );
      await Promise.all(aborts.map((abort) => client.send(abort, { abortSignal })));
    },

    async putJson(key, value, signal) {
      const command = new PutObjectCommand(toJsonObject(key, value));
      await client.send(command, optional(signal)).catch(thrownUnavailable);
    },

    readJson: async (key) => (await readVersion(key)).value,
    readVersion,

    async putVersion(key, value, version) {
      const condition = version === undefined ? { IfNoneMatch: '*' } : { IfMatch: version };
      return client.send(new PutObjectCommand({ ...toJsonObject(key, value), ...condition })).then(
        () => true,
        (error: unknown) => {
          if (error instanceof Error && OVERTAKEN.includes(error.name)) return false;
          throw unavailable(error);
        },
      );
    },

    async signLink(key, now) {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key });
      const url = await getSignedUrl(client, command, { expiresIn: LINK_SECONDS });
      return { url, expiresAt: new Date(now.getTime() + LINK_SECONDS * 1000) };
    },
  };
}

function optional(signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

function thrownUnavailable(error: unknown): never {
  throw unavailable(error);
}
