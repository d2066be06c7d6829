import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll } from 'vitest';
import type { BegunUpload, Mark } from '../../../lambdas/core/download/checkpoint.ts';
import { createMp4BoxScanner } from '../../../lambdas/core/mp4/scanner.ts';
import { createStreamUpload, type StreamUpload } from '../../../lambdas/io/aws/upload.ts';
import type { Content } from '../../../lambdas/io/aws/upload-parts.ts';
import { type ObjectStore, startObjectStore } from '../../../local/s3/object-store.ts';

export const Bucket = 'videos';
export const PART_BYTES = 5 * 1024 * 1024;
export const signal = new AbortController().signal;
let folder: string;
let store: ObjectStore;

/** Starts a local store before the tests of a file, and stops it after them. */
export function useObjectStore(): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'template-video-test-'));
    store = await startObjectStore({ folder, buckets: [Bucket] });
  });
  afterAll(async () => {
    await store.stop();
    await rm(folder, { recursive: true });
  });
}

export interface Sent {
  readonly command: string;
  readonly part: string | undefined;
  readonly checksum: string | undefined;
}

/** A client that records its requests, of which the chosen ones fail. */
export function watchedClient(fails: (sent: Sent) => boolean = () => false) {
  const sent: Sent[] = [];
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: store.url,
    credentials: store.credentials,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const { query, headers } = args.request as {
          readonly query: Readonly<Record<string, string>>;
          readonly headers: Readonly<Record<string, string>>;
        };
        const command = commandName.replace('Command', '');
        const one = { command, part: query.partNumber, checksum: headers['x-amz-checksum-crc32'] };
        sent.push(one);
        if (fails(one)) throw Object.assign(new Error('no'), { name: 'SlowDown' });
        return next(args);
      },
    { step: 'finalizeRequest' },
  );
  return { client, sent };
}

let count = 0;
export function newKey(): string {
  count += 1;
  return `${count}.mp4`;
}

export function uploadTo(Key: string, client: S3Client, begun?: BegunUpload): StreamUpload {
  return createStreamUpload({ client, params: { Bucket, Key } }, begun);
}

/** Content whose mark counts the bytes that it yielded. @param before where the content begins in the file */
export function contentOf(chunks: AsyncIterable<Buffer> | Iterable<Buffer>, before = 0): Content {
  let bytes = before;
  return {
    chunks: (async function* () {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        yield chunk;
      }
    })(),
    mark: () => markAt(bytes),
    isRest: before > 0,
  };
}

export function markAt(bytes: number): Mark {
  const file = { hasKnownEnd: true, validator: '"1"' };
  return {
    file,
    bytes,
    tail: Buffer.alloc(0),
    scanner: createMp4BoxScanner().state(),
    attempts: 1,
    resumes: 0,
  };
}

export async function read(client: S3Client, Key: string): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

export async function unfinished(client: S3Client, Prefix: string): Promise<readonly unknown[]> {
  return (await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix }))).Uploads ?? [];
}

export function* megabytes(howMany: number): Generator<Buffer> {
  for (let megabyte = 0; megabyte < howMany; megabyte += 1) yield Buffer.alloc(1024 * 1024, megabyte);
}

export async function* breaking(howMany: number): AsyncGenerator<Buffer> {
  yield* megabytes(howMany);
  throw new Error('it broke');
}
