import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BegunUpload, Mark } from '../../../lambdas/core/download/checkpoint.ts';
import { createMp4BoxScanner } from '../../../lambdas/core/mp4/scanner.ts';
import { createStreamUpload, type StreamUpload } from '../../../lambdas/io/aws/upload.ts';
import type { Content } from '../../../lambdas/io/aws/upload-parts.ts';
import { type ObjectStore, startObjectStore } from '../../../local/s3/object-store.ts';

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
function newKey(): string {
  count += 1;
  return `${count}.mp4`;
}

function uploadTo(Key: string, client: S3Client, begun?: BegunUpload): StreamUpload {
  return createStreamUpload({ client, params: { Bucket, Key } }, begun);
}

/** Content that is at so many bytes as it has given. @param before where it begins in the file */
function contentOf(chunks: AsyncIterable<Buffer> | Iterable<Buffer>, before = 0): Content {
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

function markAt(bytes: number): Mark {
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

async function read(client: S3Client, Key: string): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

async function unfinished(client: S3Client, Prefix: string): Promise<readonly unknown[]> {
  return (await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix }))).Uploads ?? [];
}

function* megabytes(howMany: number): Generator<Buffer> {
  for (let megabyte = 0; megabyte < howMany; megabyte += 1) yield Buffer.alloc(1024 * 1024, megabyte);
}

async function* breaking(howMany: number): AsyncGenerator<Buffer> {
  yield* megabytes(howMany);
  throw new Error('it broke');
}

function checksumOf(bytes: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString('base64');
}

test('sends a checksum of its own with every part, whatever the client is set to', async () => {
  const { client, sent } = watchedClient();
  const key = newKey();
  await uploadTo(key, client).run(contentOf(megabytes(12)), signal);
  const whole = Buffer.concat([...megabytes(12)]);
  const expected = [0, 1, 2].map((part) => {
    const bytes = whole.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
    return { command: 'UploadPart', part: String(part + 1), checksum: checksumOf(bytes) };
  });
  const parts = sent.filter(({ command }) => command === 'UploadPart');
  expect(parts.toSorted((one, other) => Number(one.part) - Number(other.part))).toEqual(expected);
  await uploadTo(newKey(), client).run(contentOf(megabytes(1)), signal);
  const [one = Buffer.alloc(0)] = megabytes(1);
  expect(sent.at(-1)).toMatchObject({ command: 'PutObject', checksum: checksumOf(one) });
});

const PUT = ['PutObject'];
const parts = (howMany: number): readonly string[] => [
  'CreateMultipartUpload',
  ...Array(howMany).fill('UploadPart'),
  'CompleteMultipartUpload',
];

test.each([
  ['nothing', [], PUT],
  ['a byte', [1], PUT],
  ['exactly one part', [PART_BYTES], PUT],
  ['a byte more than a part', [PART_BYTES, 1], parts(2)],
  ['exactly two parts', [PART_BYTES, PART_BYTES], parts(2)],
  ['chunks that reach over several parts', [3, 2 * PART_BYTES, PART_BYTES, 7], parts(4)],
])('stores %s with the fewest requests, and measures it', async (_what, sizes, requests) => {
  const { client, sent } = watchedClient();
  const key = newKey();
  const chunks = sizes.map((size, index) => Buffer.alloc(size, index + 1));
  const whole = Buffer.concat(chunks);
  const sha256 = createHash('sha256').update(whole).digest('hex');
  expect(await uploadTo(key, client).run(contentOf(chunks), signal)).toEqual({
    bytes: whole.length,
    sha256,
  });
  expect(sent.map(({ command }) => command)).toEqual(requests);
  expect((await read(client, key)).equals(whole)).toBe(true);
});

test('says what is stored without a gap when the content breaks, and another goes on from there', async () => {
  const { client, sent } = watchedClient();
  const key = newKey();
  const first = uploadTo(key, client);
  await expect(first.run(contentOf(breaking(14)), signal)).rejects.toThrow('it broke');
  const stored = first.stored();
  expect(stored?.mark.bytes).toBe(2 * PART_BYTES);
  expect(stored?.upload.parts).toHaveLength(2);

  const whole = Buffer.concat([...megabytes(23)]);
  const rest = whole.subarray(2 * PART_BYTES);
  const second = uploadTo(key, client, stored?.upload);
  expect(await second.run(contentOf([rest], 2 * PART_BYTES), signal)).toBeUndefined();
  expect((await read(client, key)).equals(whole)).toBe(true);
  expect(sent.filter(({ command }) => command === 'CreateMultipartUpload')).toHaveLength(1);
});

test('completes an upload of which all parts are stored already', async () => {
  const { client } = watchedClient();
  const key = newKey();
  const first = uploadTo(key, client);
  const blocked = contentOf(breaking(11));
  await expect(first.run(blocked, signal)).rejects.toThrow('it broke');
  await uploadTo(key, client, first.stored()?.upload).run(contentOf([], 2 * PART_BYTES), signal);
  expect((await read(client, key)).equals(Buffer.concat([...megabytes(10)]))).toBe(true);
});

test('has stored nothing of use before there is a part', async () => {
  const { client, sent } = watchedClient();
  const upload = uploadTo(newKey(), client);
  await expect(upload.run(contentOf(breaking(5)), signal)).rejects.toThrow('it broke');
  expect(upload.stored()).toBeUndefined();
  expect(sent).toEqual([]);
});

test('leaves a part that was refused out of what is stored, with all that are behind it', async () => {
  const { client } = watchedClient(({ part }) => part === '2');
  const upload = uploadTo(newKey(), client);
  await expect(upload.run(contentOf(megabytes(40)), signal)).rejects.toMatchObject({
    name: 'StorageUnavailable',
    message: 'The bucket did not take or give the object (SlowDown).',
  });
  expect([undefined, PART_BYTES]).toContain(upload.stored()?.mark.bytes);
});

test.each([
  ['the upload cannot be begun', ({ command }: Sent) => command === 'CreateMultipartUpload'],
  ['a part is refused', ({ part }: Sent) => part === '2'],
  ['the upload cannot be finished', ({ command }: Sent) => command === 'CompleteMultipartUpload'],
])('where %s, it says StorageUnavailable, and can be taken back', async (_name, fails) => {
  const { client } = watchedClient(fails);
  const key = newKey();
  const upload = uploadTo(key, client);
  await expect(upload.run(contentOf(megabytes(12)), signal)).rejects.toMatchObject({
    name: 'StorageUnavailable',
    message: 'The bucket did not take or give the object (SlowDown).',
  });
  await upload.abortUpload();
  expect(await unfinished(client, key)).toEqual([]);
});

test('says what another can go on with where the upload cannot be finished', async () => {
  const { client } = watchedClient(({ command }) => command === 'CompleteMultipartUpload');
  const key = newKey();
  const first = uploadTo(key, client);
  await expect(first.run(contentOf(megabytes(12)), signal)).rejects.toMatchObject({
    name: 'StorageUnavailable',
  });
  const stored = first.stored();
  expect([stored?.mark.bytes, stored?.upload.parts.length]).toEqual([2 * PART_BYTES, 2]);
  const whole = Buffer.concat([...megabytes(12)]);
  const second = uploadTo(key, watchedClient().client, stored?.upload);
  await second.run(contentOf([whole.subarray(2 * PART_BYTES)], 2 * PART_BYTES), signal);
  expect((await read(client, key)).equals(whole)).toBe(true);
});

test.each([
  ['has other bytes than S3 has', { etag: `"${'0'.repeat(32)}"`, crc32: 'AAAAAA==' }, undefined],
  ['is of an upload that S3 knows no more', undefined, '0'.repeat(32)],
])('says that nothing is stored where a part %s', async (_what, part, uploadId) => {
  const { client } = watchedClient();
  const key = newKey();
  const first = uploadTo(key, client);
  await expect(first.run(contentOf(breaking(11)), signal)).rejects.toThrow('it broke');
  const { upload } = first.stored() ?? { upload: { uploadId: '', parts: [] } };
  const begun = {
    uploadId: uploadId ?? upload.uploadId,
    parts: part === undefined ? upload.parts : [part, ...upload.parts.slice(1)],
  };
  const second = uploadTo(key, client, begun);
  await expect(
    second.run(contentOf(megabytes(1), begun.parts.length * PART_BYTES), signal),
  ).rejects.toMatchObject({ name: 'StorageUnavailable' });
  expect(second.stored()).toBeUndefined();
  await expect(read(watchedClient().client, key)).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('stops reading when a part is refused', async () => {
  const { client } = watchedClient(({ part }) => part === '1');
  let given = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    for (const chunk of megabytes(200)) {
      given += 1;
      yield chunk;
    }
  };
  await expect(uploadTo(newKey(), client).run(contentOf(counted()), signal)).rejects.toMatchObject({
    name: 'StorageUnavailable',
  });
  expect(given).toBeLessThan(60);
});

test('does not wait for silent content when a part is refused', async () => {
  const { client } = watchedClient(({ part }) => part === '1');
  const silent = async function* (): AsyncGenerator<Buffer> {
    yield* megabytes(6);
    await new Promise(() => undefined);
  };
  await expect(uploadTo(newKey(), client).run(contentOf(silent()), signal)).rejects.toMatchObject({
    name: 'StorageUnavailable',
  });
});

test('does not mind when the upload cannot even be taken back', async () => {
  const { client, sent } = watchedClient(
    ({ command, part }) => part === '1' || command === 'AbortMultipartUpload',
  );
  const upload = uploadTo(newKey(), client);
  await expect(upload.run(contentOf(megabytes(12)), signal)).rejects.toMatchObject({
    name: 'StorageUnavailable',
  });
  await upload.abortUpload();
  expect(sent.at(-1)?.command).toBe('AbortMultipartUpload');
});

test('the embedded store refuses a part of an upload that is not there, as S3 does', async () => {
  const { client } = watchedClient();
  const part = { Bucket, Key: 'x.mp4', UploadId: 'taken-back', PartNumber: 1, Body: Buffer.alloc(10) };
  await expect(client.send(new UploadPartCommand(part))).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

test('says what is stored when it is stopped, and stores no object', async () => {
  const { client, sent } = watchedClient();
  const stopping = new AbortController();
  const endless = async function* (): AsyncGenerator<Buffer> {
    for (;;) {
      yield* megabytes(1);
      if (sent.some(({ part }) => part === '4')) stopping.abort();
    }
  };
  const key = newKey();
  const upload = uploadTo(key, client);
  await expect(upload.run(contentOf(endless()), stopping.signal)).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(upload.stored()?.mark.bytes).toBeGreaterThanOrEqual(PART_BYTES);
  await expect(read(client, key)).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('takes back an upload that was being begun when it was stopped', async () => {
  const { client, sent } = watchedClient();
  const stopping = new AbortController();
  const whenBegun = async function* (): AsyncGenerator<Buffer> {
    yield* megabytes(6);
    await new Promise(() => undefined);
  };
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'CreateMultipartUploadCommand') stopping.abort();
        return next(args);
      },
    { step: 'build' },
  );
  const key = newKey();
  const upload = uploadTo(key, client);
  await expect(upload.run(contentOf(whenBegun()), stopping.signal)).rejects.toMatchObject({
    name: 'AbortError',
  });
  await upload.abortUpload();
  expect(sent.map(({ command }) => command)).toEqual(['CreateMultipartUpload', 'AbortMultipartUpload']);
  expect(await unfinished(client, key)).toEqual([]);
});
