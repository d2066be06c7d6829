import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBucket } from '../../lambdas/io/bucket.ts';
import { type ObjectStore, startObjectStore } from '../../local/aws/object-store.ts';

const BUCKET = 'videos';
const LABELS = { contentType: 'video/mp4', fileName: 'a video.mp4', taskId: '1' };
const signal = new AbortController().signal;
let folder: string;
let store: ObjectStore;
let client: S3Client;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'template-video-test-'));
  store = await startObjectStore({ folder, buckets: [BUCKET] });
  client = new S3Client({ region: 'us-east-1', endpoint: store.url, credentials: store.credentials });
});
afterAll(async () => {
  await store.stop();
  await rm(folder, { recursive: true });
});

async function read(key: string): Promise<Uint8Array | undefined> {
  const found = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key })).catch(() => undefined);
  return found?.Body?.transformToByteArray();
}

/** s3rver keeps the parts of unfinished uploads in a folder each. */
function unfinishedUploads(): Promise<string[]> {
  return readdir(join(folder, BUCKET, '._S3rver_uploads'));
}

test.each([
  ['nothing', 0],
  ['one part', 1_000],
  ['several parts', 12 * 1024 * 1024 + 7],
])('stores %s and measures it', async (_name, bytes) => {
  const content = Buffer.alloc(bytes, 'v');
  const pieces = Readable.from(
    bytes === 0 ? [] : [content.subarray(0, bytes / 2), content.subarray(bytes / 2)],
    { objectMode: false },
  );
  const sha256 = createHash('sha256').update(content).digest('hex');
  const key = `stored-${bytes}.mp4`;
  expect(await createBucket(BUCKET, client).putStream(key, pieces, LABELS, signal)).toEqual({
    bucket: BUCKET,
    key,
    bytes,
    sha256,
  });
  expect(Buffer.compare(Buffer.from((await read(key)) ?? []), content)).toBe(0);
});

test('stores nothing and leaves no upload behind when the content breaks', async () => {
  async function* breaking(): AsyncGenerator<Buffer> {
    yield Buffer.alloc(11 * 1024 * 1024);
    throw new Error('it broke');
  }
  const putting = createBucket(BUCKET, client).putStream(
    'broken.mp4',
    Readable.from(breaking(), { objectMode: false }),
    LABELS,
    signal,
  );
  await expect(putting).rejects.toThrow('it broke');
  expect(await read('broken.mp4')).toBeUndefined();
  expect(await unfinishedUploads()).toEqual([]);
});

test('stops when it is told to', async () => {
  const stopping = new AbortController();
  async function* endless(): AsyncGenerator<Buffer> {
    for (;;) {
      yield Buffer.alloc(1024 * 1024);
      stopping.abort();
    }
  }
  const putting = createBucket(BUCKET, client).putStream(
    'stopped.mp4',
    Readable.from(endless(), { objectMode: false }),
    LABELS,
    stopping.signal,
  );
  await expect(putting).rejects.toMatchObject({ name: 'AbortError' });
  expect(await read('stopped.mp4')).toBeUndefined();
});

test('says StorageUnavailable, with the name of the fault, and stops reading', async () => {
  const broken = new S3Client({ region: 'us-east-1', endpoint: store.url, credentials: store.credentials });
  const content = Readable.from([Buffer.alloc(100)], { objectMode: false });
  const putting = createBucket('no-such-bucket', broken).putStream('x.mp4', content, LABELS, signal);
  await expect(putting).rejects.toMatchObject({
    name: 'StorageUnavailable',
    message: expect.stringContaining('NoSuchBucket'),
  });
  await expect(
    createBucket('no-such-bucket', broken).putVersion('x.json', {}, undefined),
  ).rejects.toMatchObject({
    name: 'StorageUnavailable',
  });
  expect(content.destroyed).toBe(true);
});

test('calls an object that is not there absent', async () => {
  const bucket = createBucket(BUCKET, client);
  await expect(bucket.read('uploads/x', 10, signal)).rejects.toMatchObject({ name: 'InvalidRequest' });
  expect(await bucket.readText('uploads/x')).toBeUndefined();
  expect(await bucket.findStored('uploads/x', '1', signal)).toBeUndefined();
});

test('does not call an object absent that it may not read', async () => {
  const refusing = mockClient(new S3Client({ region: 'us-east-1' }));
  refusing.on(GetObjectCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDenied' }));
  const bucket = createBucket(BUCKET, refusing as unknown as S3Client);
  const denied = { name: 'StorageUnavailable', message: expect.stringContaining('AccessDenied') };
  await expect(bucket.read('uploads/x', 10, signal)).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(bucket.readText('videos/x/job.json')).rejects.toMatchObject(denied);
  await expect(bucket.readJson('videos/x/job.json')).rejects.toMatchObject(denied);
  await expect(bucket.findStored('videos/x/video.mp4', '1', signal)).rejects.toMatchObject(denied);
});

test('takes an object that was to be replaced, and is gone, for one that another has changed', async () => {
  const bucket = createBucket(BUCKET, client);
  const version = await bucket.putVersion('gone.json', {}, undefined);
  await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'gone.json' }));
  expect(await bucket.putVersion('gone.json', {}, version)).toBeUndefined();
  expect(await bucket.readText('gone.json')).toBeUndefined();
});

test('reads a small object whole and refuses a larger one', async () => {
  const bucket = createBucket(BUCKET, client);
  await bucket.putVersion('small.json', 1, undefined);
  expect((await bucket.read('small.json', 2, signal)).toString()).toBe('1\n');
  await expect(bucket.read('small.json', 1, signal)).rejects.toMatchObject({ name: 'InvalidRequest' });
});

test('signs a link that opens the object', async () => {
  const bucket = createBucket(BUCKET, client);
  await bucket.putVersion('card.json', { a: 1 }, undefined);
  const now = new Date();
  const { url, expiresAt } = await bucket.signLink('card.json', now);
  const answer = await fetch(url);
  expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
    200,
    'application/json',
    { a: 1 },
  ]);
  expect(expiresAt.getTime() - now.getTime()).toBe(3_600_000);
});

test('finds an object again by its task, whatever characters the name of the video has', async () => {
  const bucket = createBucket(BUCKET, client);
  const labels = { contentType: 'video/mp4', fileName: 'Löwe – 狮子.mp4', taskId: '393769180141900000' };
  const content = Readable.from([Buffer.from('a video')], { objectMode: false });
  const stored = await bucket.putStream('videos/Löwe/video.mp4', content, labels, signal);
  expect(await bucket.findStored('videos/Löwe/video.mp4', labels.taskId, signal)).toEqual(stored);
  await expect(bucket.findStored('videos/Löwe/video.mp4', '1', signal)).rejects.toMatchObject({
    name: 'VideoExistsAlready',
    message: 'The video of another task is stored at videos/Löwe/video.mp4.',
  });
  expect(await bucket.findStored('videos/Tiger/video.mp4', labels.taskId, signal)).toBeUndefined();
  const found = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'videos/Löwe/video.mp4' }));
  expect(found.ContentDisposition).toBe(
    `inline; filename="L_we _ __.mp4"; filename*=UTF-8''L%C3%B6we%20%E2%80%93%20%E7%8B%AE%E5%AD%90.mp4`,
  );
});

test('writes an object under the condition that it is not there, or is still what was read', async () => {
  const bucket = createBucket(BUCKET, client);
  const key = 'a folder/claim.json';
  expect(await bucket.readVersion(key)).toEqual({ value: undefined, version: undefined });
  const first = await bucket.putVersion(key, { by: 'one' }, undefined);
  expect(await bucket.putVersion(key, { by: 'another' }, undefined)).toBeUndefined();
  const { value, version } = await bucket.readVersion(key);
  expect(value).toEqual({ by: 'one' });
  expect(version).toBe(first);
  expect(await bucket.putVersion(key, { by: 'one, later' }, version)).toEqual(expect.stringMatching(/./));
  expect(await bucket.putVersion(key, { by: 'another' }, version)).toBeUndefined();
  expect(await bucket.readJson(key)).toEqual({ by: 'one, later' });
});

test('lets one of many win that write at once', async () => {
  const bucket = createBucket(BUCKET, client);
  const tries = Array.from({ length: 20 }, (_, by) => bucket.putVersion('race.json', { by }, undefined));
  const won = (await Promise.all(tries)).flatMap((version, by) => (version === undefined ? [] : [by]));
  expect(won).toHaveLength(1);
  expect(await bucket.readJson('race.json')).toEqual({ by: won[0] });
});

test('says of a conditional write that S3 could not take that it could not', async () => {
  const mocked = mockClient(S3Client).rejects(Object.assign(new Error('Slow down'), { name: 'SlowDown' }));
  await expect(createBucket(BUCKET, new S3Client({})).putVersion('key', {}, undefined)).rejects.toMatchObject(
    {
      name: 'StorageUnavailable',
    },
  );
  mocked.restore();
});
