import { createHash } from 'node:crypto';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Failure } from '../core/failure.ts';
import { reasonOf } from './http-exchange.ts';

/** Two more cost another 20 MB of memory and save a few percent of the time. */
const PARTS_UNDER_WAY = 2;

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
  const anyEnd = AbortSignal.any([signal, broken.signal]);
  let uploadId: string | undefined;
  // The library says that a part has failed only when it has read the content to its end.
  const send = async (...[command]: Parameters<S3Client['send']>): Promise<object> => {
    leavePayloadUnsigned(command);
    const answer = await client.send(command, { abortSignal: signal }).catch((error: unknown) => {
      broken.abort(unavailable(error));
      throw error;
    });
    if (command instanceof CreateMultipartUploadCommand && 'UploadId' in answer) uploadId = answer.UploadId;
    return answer;
  };
  const upload = new Upload({
    client: Object.create(client, { send: { value: send } }),
    params: { ...params, Body: passing },
    leavePartsOnError: true,
    queueSize: PARTS_UNDER_WAY,
  });
  const reading = pipeline(content, passing, { signal: anyEnd }).catch((error: unknown) =>
    broken.abort(error),
  );
  const storing = upload
    .done()
    .catch((error: unknown) => broken.abort(passing.errored ?? unavailable(error)));
  await Promise.all([reading, storing]);
  if (!broken.signal.aborted) return result();

  const { Bucket, Key } = params;
  if (uploadId !== undefined) {
    // Whatever stays behind now goes with the next copy of the video, or by the bucket's own rule after a day.
    await client
      .send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: uploadId }))
      .catch(() => undefined);
  }
  throw signal.aborted ? signal.reason : broken.signal.reason;
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

/** The bucket did not do as it was told. */
export function unavailable(error: unknown): Failure {
  const isNamed = error instanceof Error && error.name !== 'Error' && error.name !== 'AbortError';
  const reason = isNamed ? error.name : reasonOf(error);
  return new Failure('StorageUnavailable', `The bucket did not take or give the object (${reason}).`, {
    cause: error,
  });
}
