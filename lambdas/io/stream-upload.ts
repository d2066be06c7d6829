import { createHash } from 'node:crypto';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AbortMultipartUploadCommand,
  type AbortMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { unavailable } from './storage-failure.ts';

/** Two more cost another 20 MB of memory and save a few percent of the time. */
const PARTS_UNDER_WAY = 2;

/** So short that it cannot hide why an upload is taken back. */
const TAKE_BACK_MS = 5_000;

export interface Measured {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** A stream that lets everything pass, and has measured it when it ends. */
export function createMeasure(): { readonly passing: Transform; readonly result: () => Measured } {
  const hash = createHash('sha256');
  let bytes = 0;
  const passing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { passing, result: () => ({ bytes, sha256: hash.digest('hex') }) };
}

interface StreamUpload {
  readonly client: S3Client;
  readonly params: Omit<PutObjectCommandInput, 'Body'>;
  readonly content: Readable;
  readonly signal: AbortSignal;
}

/**
 * Streams `content` into an object in parts of 5 MiB, each with a checksum that S3 verifies. The object appears when all of
 * it is there. Where anything breaks, both sides are stopped, and the upload is taken back.
 * @throws Failure `StorageUnavailable`, or what `content` broke with
 */
export async function uploadStream({ client, params, content, signal }: StreamUpload): Promise<Measured> {
  const { passing, result } = createMeasure();
  const broken = new AbortController();
  const breakOff = (error: unknown): void => broken.abort(error);
  const end = AbortSignal.any([signal, broken.signal]);
  const watched = watch(client, end, (error) => breakOff(unavailable(error)));
  const upload = new Upload({
    client: watched.client,
    params: { ...params, Body: passing, ChecksumAlgorithm: 'CRC32' },
    leavePartsOnError: true,
    queueSize: PARTS_UNDER_WAY,
  });
  const reading = pipeline(content, passing, { signal: end }).catch(breakOff);
  await upload.done().catch((error) => breakOff(passing.errored ?? unavailable(error)));
  // Content that nobody takes any more may be waiting for its next byte still.
  if (!broken.signal.aborted) await reading;
  if (!broken.signal.aborted) return result();

  await takeBack(client, { ...params, UploadId: watched.uploadId() });
  throw signal.aborted ? signal.reason : broken.signal.reason;
}

/** The library says that a part has failed only when it has read the content to its end, and what it began it does not say at all. */
function watch(client: S3Client, signal: AbortSignal, onFault: (error: unknown) => void) {
  let uploadId: string | undefined;
  const send = async (...[command]: Parameters<S3Client['send']>): Promise<object> => {
    leavePayloadUnsigned(command);
    try {
      if (!(command instanceof CreateMultipartUploadCommand))
        return await client.send(command, { abortSignal: signal });
      // It is let finish: an upload whose id is not known cannot be taken back.
      const created = await client.send(command);
      uploadId = created.UploadId;
      return created;
    } catch (error) {
      onFault(error);
      throw error;
    }
  };
  const watched: S3Client = Object.create(client, { send: { value: send } });
  return { client: watched, uploadId: () => uploadId };
}

/** What cannot be taken back now goes with the next copy of the video, or by the bucket's own rule after a day. */
async function takeBack(
  client: S3Client,
  { Bucket, Key, UploadId }: AbortMultipartUploadCommandInput,
): Promise<void> {
  if (UploadId === undefined) return;
  const command = new AbortMultipartUploadCommand({ Bucket, Key, UploadId });
  await client.send(command, { abortSignal: AbortSignal.timeout(TAKE_BACK_MS) }).catch(() => undefined);
}

/** TLS and the checksum protect a part already, as AWS's own command line has it; a SHA-256 of each again costs a tenth of the time. */
function leavePayloadUnsigned({ middlewareStack }: Parameters<S3Client['send']>[0]): void {
  middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { readonly headers: Record<string, string> };
      headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
      return next(args);
    },
    { step: 'build' },
  );
}
