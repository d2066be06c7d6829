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

/** So short that it cannot hide why an upload is taken back. */
const TAKE_BACK_MS = 5_000;

/** After these, what is stored of the upload leads to no object any more. */
const HOPELESS: readonly string[] = [
  'NoSuchUpload',
  'InvalidPart',
  'InvalidPartOrder',
  'EntityTooSmall',
  'BadDigest',
  'InvalidRequest',
];

/** One object in S3, which appears when it is put whole, or when its parts are completed. Each part has a checksum that S3 verifies. */
export interface MultipartObject {
  /** @throws Failure `StorageUnavailable`, as all of these */
  putWhole(body: Buffer, signal: AbortSignal): Promise<void>;
  /** Begins the upload where it is not begun yet. */
  putPart(number: number, body: Buffer, signal: AbortSignal): Promise<StoredPart>;
  complete(parts: readonly StoredPart[], signal: AbortSignal): Promise<void>;
  /** Undefined while no upload has begun, and where it leads to no object any more. */
  uploadId(): string | undefined;
  /** Never fails: what cannot be taken back now goes with a later copy of the video, or by the bucket's own rule after a day. */
  abortUpload(): Promise<void>;
}

export interface MultipartProps {
  readonly client: S3Client;
  readonly params: Omit<PutObjectCommandInput, 'Body'>;
}

/** @param begun its upload, where that was begun earlier */
export function createMultipartObject(
  { client, params }: MultipartProps,
  begun?: BegunUpload,
): MultipartObject {
  const { Bucket, Key } = params;
  let beginning = begun === undefined ? undefined : Promise.resolve(begun.uploadId);
  let uploadId = begun?.uploadId;
  let isHopeless = false;

  /** It is let finish: an upload whose id is not known cannot be taken back. */
  async function begin(): Promise<string> {
    const created = await client.send(
      new CreateMultipartUploadCommand({ ...params, ChecksumAlgorithm: 'CRC32' }),
    );
    uploadId = created.UploadId ?? '';
    return uploadId;
  }

  function toStorageFailure(error: unknown): never {
    if (error instanceof Error && HOPELESS.includes(error.name)) isHopeless = true;
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
    uploadId: () => (isHopeless ? undefined : uploadId),
    async abortUpload() {
      await beginning?.catch(() => undefined);
      if (uploadId === undefined) return;
      const command = new AbortMultipartUploadCommand({ Bucket, Key, UploadId: uploadId });
      await client.send(command, { abortSignal: AbortSignal.timeout(TAKE_BACK_MS) }).catch(() => undefined);
    },
  };
}

/** As S3 has it: big-endian, in base64. */
function checksumOf(body: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return sum.toString('base64');
}
