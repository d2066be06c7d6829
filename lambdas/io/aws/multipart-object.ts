import { crc32 } from 'node:zlib';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { BegunUpload, StoredPart } from '../../core/download/checkpoint.ts';
import { rethrowAsStorageUnavailable } from './errors.ts';

/** Short, so that the function still has time to report why it aborts the upload. */
const ABORT_TIMEOUT_MS = 5_000;

/** After one of these errors the stored parts cannot become an object. */
const UNRECOVERABLE: readonly string[] = [
  'NoSuchUpload',
  'InvalidPart',
  'InvalidPartOrder',
  'EntityTooSmall',
  'BadDigest',
  'InvalidRequest',
];

/** One object in S3. It appears when it is put as a whole, or when its parts are completed. S3 verifies a checksum of each part. */
export interface MultipartObject {
  /** @throws Failure `StorageUnavailable`, as the next two do */
  putWhole(body: Buffer, signal: AbortSignal): Promise<void>;
  /** The first part begins the upload. */
  putPart(number: number, body: Buffer, signal: AbortSignal): Promise<StoredPart>;
  complete(parts: readonly StoredPart[], signal: AbortSignal): Promise<void>;
  /** Undefined before the upload begins, and when it cannot become an object. */
  uploadId(): string | undefined;
  /** Never throws. A later copy, or the bucket's lifecycle rule after a day, removes an upload that could not be aborted. */
  abortUpload(): Promise<void>;
}

export interface MultipartProps {
  readonly client: S3Client;
  readonly params: Omit<PutObjectCommandInput, 'Body'>;
}

/** @param begun the upload of an earlier attempt. @default a new one */
export function createMultipartObject(
  { client, params }: MultipartProps,
  begun?: BegunUpload,
): MultipartObject {
  const { Bucket, Key } = params;
  let beginning = begun === undefined ? undefined : Promise.resolve(begun.uploadId);
  let uploadId = begun?.uploadId;
  let isUnrecoverable = false;

  /** Takes no signal: an upload whose id is unknown cannot be aborted. */
  async function begin(): Promise<string> {
    const created = await client.send(
      new CreateMultipartUploadCommand({ ...params, ChecksumAlgorithm: 'CRC32' }),
    );
    uploadId = created.UploadId ?? '';
    return uploadId;
  }

  function toStorageFailure(error: unknown): never {
    if (error instanceof Error && UNRECOVERABLE.includes(error.name)) isUnrecoverable = true;
    return rethrowAsStorageUnavailable(error);
  }

  return {
    async putWhole(Body, abortSignal) {
      const command = new PutObjectCommand({ ...params, Body, ChecksumCRC32: checksumOf(Body) });
      await client.send(command, { abortSignal }).catch(rethrowAsStorageUnavailable);
    },
    async putPart(PartNumber, Body, abortSignal) {
      beginning ??= begin();
      const UploadId = await beginning.catch(rethrowAsStorageUnavailable);
      abortSignal.throwIfAborted();
      const sum = checksumOf(Body);
      const part = { Bucket, Key, UploadId, PartNumber, Body, ChecksumCRC32: sum };
      const command = new UploadPartCommand(part);
      const { ETag = '' } = await client.send(command, { abortSignal }).catch(toStorageFailure);
      return { etag: ETag, crc32: sum };
    },
    async complete(parts, abortSignal) {
      const Parts = parts.map(({ etag, crc32 }, index) => ({
        PartNumber: index + 1,
        ETag: etag,
        ChecksumCRC32: crc32,
      }));
      const whole = { Bucket, Key, UploadId: uploadId, MultipartUpload: { Parts } };
      await client.send(new CompleteMultipartUploadCommand(whole), { abortSignal }).catch(toStorageFailure);
    },
    uploadId: () => (isUnrecoverable ? undefined : uploadId),
    async abortUpload() {
      await beginning?.catch(() => undefined);
      if (uploadId === undefined) return;
      const command = new AbortMultipartUploadCommand({ Bucket, Key, UploadId: uploadId });
      await client
        .send(command, { abortSignal: AbortSignal.timeout(ABORT_TIMEOUT_MS) })
        .catch(() => undefined);
    },
  };
}

/** In the form of S3: big-endian, in base64. */
function checksumOf(body: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return sum.toString('base64');
}
