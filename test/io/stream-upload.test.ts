import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uploadStream } from '../../lambdas/io/stream-upload.ts';
import { type ObjectStore, startObjectStore } from '../../local/aws/object-store.ts';

const Bucket = 'videos';
const PART_BYTES = 5 * 1024 * 1024;
const signal = new AbortController().signal;
let folder: string;
let store: ObjectStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'template-video-test-'));
  store = await startObjectStore({ folder, buckets: [Bucket] });
});
afterAll(async () => {
  await store.stop();
  await rm(folder, { recursive: true });
});

interface Sent {
  readonly command: string;
  readonly part: string | undefined;
  readonly checksum: string | undefined;
}

/** A client whose requests are noted, and of which those fail that are chosen. */
function watchedClient(fails: (sent: Sent) => boolean = () => false) {
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
function upload(client: S3Client, content: Readable, stop = signal) {
  count += 1;
  const params = { Bucket, Key: `${count}.mp4` };
  return uploadStream({ client, params, content, signal: stop });
}

/** What is left of the last upload. */
async function leftBehind(client: S3Client): Promise<unknown> {
  const command = new ListMultipartUploadsCommand({ Bucket, Prefix: `${count}.mp4` });
  return (await client.send(command)).Uploads;
}

function* megabytes(howMany: number): Generator<Buffer> {
  for (let count = 0; count < howMany; count += 1) yield Buffer.alloc(1024 * 1024, count);
}

function streamOf(howMany: number): Readable {
  return Readable.from(megabytes(howMany), { objectMode: false });
}

test('sends a checksum of its own with every part, whatever the client is set to', async () => {
  const { client, sent } = watchedClient();
  await upload(client, streamOf(12));
  const whole = Buffer.concat([...megabytes(12)]);
  const expected = [0, 1, 2].map((part) => {
    const bytes = whole.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(bytes));
    return { command: 'UploadPart', part: String(part + 1), checksum: sum.toString('base64') };
  });
  const parts = sent.filter(({ command }) => command === 'UploadPart');
  expect(parts.toSorted((one, other) => Number(one.part) - Number(other.part))).toEqual(expected);
  await upload(client, streamOf(1));
  expect(sent.at(-1)).toMatchObject({ command: 'PutObject', checksum: expect.any(String) });
});

test.each([
  ['the upload cannot be begun', ({ command }: Sent) => command === 'CreateMultipartUpload'],
  ['a part is refused', ({ part }: Sent) => part === '2'],
  ['the upload cannot be finished', ({ command }: Sent) => command === 'CompleteMultipartUpload'],
])('where %s, it says StorageUnavailable and takes the upload back', async (_name, fails) => {
  const { client } = watchedClient(fails);
  const content = streamOf(12);
  await expect(upload(client, content)).rejects.toMatchObject({
    name: 'StorageUnavailable',
    message: 'The bucket did not take or give the object (SlowDown).',
  });
  expect(content.destroyed).toBe(true);
  expect(await leftBehind(client)).toBeUndefined();
});

test('stops reading when a part is refused', async () => {
  const { client } = watchedClient(({ part }) => part === '1');
  let read = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    for (const chunk of megabytes(200)) {
      read += 1;
      yield chunk;
    }
  };
  await expect(upload(client, Readable.from(counted(), { objectMode: false }))).rejects.toMatchObject({
    name: 'StorageUnavailable',
  });
  expect(read).toBeLessThan(60);
});

test('does not wait for silent content when a part is refused', async () => {
  const { client } = watchedClient(({ part }) => part === '1');
  const silent = async function* (): AsyncGenerator<Buffer> {
    yield* megabytes(6);
    await new Promise(() => undefined);
  };
  await expect(upload(client, Readable.from(silent(), { objectMode: false }))).rejects.toMatchObject({
    name: 'StorageUnavailable',
  });
  expect(await leftBehind(client)).toBeUndefined();
});

test('tells of the first fault when the upload cannot even be taken back', async () => {
  const { client, sent } = watchedClient(
    ({ command, part }) => part === '1' || command === 'AbortMultipartUpload',
  );
  await expect(upload(client, streamOf(12))).rejects.toMatchObject({ name: 'StorageUnavailable' });
  expect(sent.at(-1)?.command).toBe('AbortMultipartUpload');
});

test('passes on what the content broke with, and takes the upload back', async () => {
  const { client, sent } = watchedClient();
  const breaking = async function* (): AsyncGenerator<Buffer> {
    yield* megabytes(12);
    throw new Error('it broke');
  };
  await expect(upload(client, Readable.from(breaking(), { objectMode: false }))).rejects.toThrow('it broke');
  expect(sent.map(({ command }) => command)).toContain('AbortMultipartUpload');
  expect(await leftBehind(client)).toBeUndefined();
});

test('passes on what the content broke with before there is a part', async () => {
  const breaking = async function* (): AsyncGenerator<Buffer> {
    yield* megabytes(1);
    throw new Error('it broke');
  };
  const { client } = watchedClient();
  await expect(upload(client, Readable.from(breaking(), { objectMode: false }))).rejects.toThrow('it broke');
});

test('the embedded store refuses a part of an upload that is not there, as S3 does', async () => {
  const { client } = watchedClient();
  const part = { Bucket, Key: 'x.mp4', UploadId: 'taken-back', PartNumber: 1, Body: Buffer.alloc(10) };
  await expect(client.send(new UploadPartCommand(part))).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

test('takes the upload back when it is stopped', async () => {
  const { client, sent } = watchedClient();
  const stopping = new AbortController();
  const endless = async function* (): AsyncGenerator<Buffer> {
    for (;;) {
      yield* megabytes(1);
      if (sent.some(({ part }) => part === '2')) stopping.abort();
    }
  };
  const content = Readable.from(endless(), { objectMode: false });
  await expect(upload(client, content, stopping.signal)).rejects.toMatchObject({ name: 'AbortError' });
  expect(await leftBehind(client)).toBeUndefined();
  const read = client.send(new GetObjectCommand({ Bucket, Key: `${count}.mp4` }));
  await expect(read).rejects.toMatchObject({ name: 'NoSuchKey' });
});
