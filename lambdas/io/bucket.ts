import { createHash } from 'node:crypto';
import { addAbortListener } from 'node:events';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Failure } from '../core/failure.ts';
import type { SignedLink } from '../core/video.ts';
import { reasonOf } from './http-exchange.ts';

const LINK_SECONDS = 3600;

/** S3 denies a missing object to a caller who may not list the bucket. */
const ABSENT: readonly string[] = ['NoSuchKey', 'AccessDenied'];

export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Bucket {
  /** The whole of a small object. @throws Failure `InvalidRequest` when there is none, or it is larger than `maxBytes` */
  read(key: string, maxBytes: number, signal: AbortSignal): Promise<Buffer>;
  /** Streams `content` into an object, part by part. @throws Failure `StorageUnavailable`, or what `content` broke with */
  putStream(key: string, content: Readable, contentType: string, signal: AbortSignal): Promise<StoredObject>;
  /** @throws Failure `StorageUnavailable` */
  putJson(key: string, value: unknown, signal?: AbortSignal): Promise<void>;
  /** A small JSON object, or `undefined` where there is none. @throws Failure `StorageUnavailable` */
  readJson(key: string): Promise<unknown>;
  /** A link that opens the object for an hour. */
  signLink(key: string, now: Date): Promise<SignedLink>;
}

export function createBucket(bucket: string, client = new S3Client()): Bucket {
  async function get(key: string, signal?: AbortSignal): Promise<GetObjectCommandOutput | undefined> {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key });
    return client.send(command, optional(signal)).catch((error: unknown) => {
      if (error instanceof Error && ABSENT.includes(error.name)) return undefined;
      throw error;
    });
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

    async putStream(key, content, contentType, signal) {
      const hash = createHash('sha256');
      let bytes = 0;
      const measured = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          hash.update(chunk);
          bytes += chunk.length;
          done(null, chunk);
        },
      });
      const upload = new Upload({
        client,
        params: { Bucket: bucket, Key: key, Body: measured, ContentType: contentType },
      });
      using _listener = addAbortListener(signal, () => void upload.abort());
      const reading = pipeline(content, measured, { signal });
      const storing = upload.done().catch((error: unknown) => {
        if (measured.errored !== null) throw measured.errored;
        measured.destroy();
        throw unavailable(error);
      });
      for (const half of await Promise.allSettled([storing, reading])) {
        if (half.status === 'rejected') throw half.reason;
      }
      return { bucket, key, bytes, sha256: hash.digest('hex') };
    },

    async putJson(key, value, signal) {
      const body = `${JSON.stringify(value, null, 2)}\n`;
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: 'application/json',
      });
      await client.send(command, optional(signal)).catch((error: unknown) => {
        throw unavailable(error);
      });
    },

    async readJson(key) {
      const found = await get(key).catch((error: unknown) => {
        throw unavailable(error);
      });
      return found === undefined ? undefined : JSON.parse((await found.Body?.transformToString()) ?? '');
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

function unavailable(error: unknown): Failure {
  const reason = error instanceof Error && error.name !== 'Error' ? error.name : reasonOf(error);
  return new Failure('StorageUnavailable', `The bucket did not take or give the object (${reason}).`, {
    cause: error,
  });
}
