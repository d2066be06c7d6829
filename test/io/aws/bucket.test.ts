import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  NotFound,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBucket } from '../../../lambdas/io/aws/bucket.ts';
import type { Content } from '../../../lambdas/io/aws/upload-parts.ts';
import { type ObjectStore, startObjectStore } from '../../../local/s3/object-store.ts';
import { contentOf as inMegabytes, megabytes } from './watched-uploads.ts';

const BUCKET = 'videos';
const LABELS = { contentType: 'video/mp4', fileName: 'a video.mp4', taskId: '1', expires: false };
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

/** Content that is complete, and has no mark. */
function contentOf(text: string): Content {
  const never = (): never => {
    throw new Error('It is not asked where it is.');
  };
  return { chunks: Readable.from([Buffer.from(text)]), mark: never, isRest: false };
}

test('throws StorageUnavailable with the name of the SDK error', async () => {
  const missing = createBucket('no-such-bucket', client);
  const unavailable = { name: 'StorageUnavailable', message: expect.stringContaining('NoSuchBucket') };
  const upload = missing.createUpload('x.mp4', LABELS);
  await expect(upload.run(contentOf('a video'), signal)).rejects.toMatchObject(unavailable);
  await expect(missing.putVersion('x.json', {}, undefined)).rejects.toMatchObject(unavailable);
  await expect(missing.putJson('x.json', {}, signal)).rejects.toMatchObject(unavailable);
});

test.each(['v1', 'Lion (2) ä+!', "it's * 100%"])(
  'writes, reads and removes the JSON objects of the video %j, signed as S3 wants it',
  async (name) => {
    const key = `videos/${name}/callback.json`;
    const bucket = createBucket(BUCKET, client);
    expect(await bucket.readJson(key)).toBeUndefined();
    await bucket.putJson(key, { a: 1 });
    expect(await bucket.readJson(key)).toEqual({ a: 1 });
    await bucket.putJson(key, { a: 2 });
    expect(await bucket.readJson(key)).toEqual({ a: 2 });
    await bucket.remove(key);
    await bucket.remove(key);
    expect(await bucket.readJson(key)).toBeUndefined();
  },
);

test('reads a missing object as absent', async () => {
  const bucket = createBucket(BUCKET, client);
  await expect(bucket.read('uploads/x', 10, signal)).rejects.toMatchObject({ name: 'InvalidRequest' });
  expect(await bucket.readText('uploads/x')).toBeUndefined();
  expect(await bucket.findStored('uploads/x', '1', signal)).toBeUndefined();
});

test('does not read an object without a grant as absent', async () => {
  const rejecting = mockClient(new S3Client({ region: 'us-east-1' }));
  rejecting.on(GetObjectCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDenied' }));
  const bucket = createBucket(BUCKET, rejecting as unknown as S3Client);
  const denied = { name: 'StorageUnavailable', message: expect.stringContaining('AccessDenied') };
  await expect(bucket.read('uploads/x', 10, signal)).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(bucket.readText('videos/x/job.json')).rejects.toMatchObject(denied);
  await expect(bucket.readJson('videos/x/job.json')).rejects.toMatchObject(denied);
  await expect(bucket.findStored('videos/x/video.mp4', '1', signal)).rejects.toMatchObject(denied);
});

test('treats an object that was deleted before its replacement as changed by another writer', async () => {
  const bucket = createBucket(BUCKET, client);
  const version = await bucket.putVersion('gone.json', {}, undefined);
  await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'gone.json' }));
  expect(await bucket.putVersion('gone.json', {}, version)).toBeUndefined();
  expect(await bucket.readText('gone.json')).toBeUndefined();
});

test('reads a small object, and rejects a larger one', async () => {
  const bucket = createBucket(BUCKET, client);
  await bucket.putVersion('small.json', 1, undefined);
  expect((await bucket.read('small.json', 2, signal)).toString()).toBe('1\n');
  await expect(bucket.read('small.json', 1, signal)).rejects.toMatchObject({ name: 'InvalidRequest' });
});

test('signs a link to the object', async () => {
  const bucket = createBucket(BUCKET, client);
  await bucket.putVersion('job.json', { a: 1 }, undefined);
  const now = new Date();
  const { url, expiresAt } = await bucket.signLink('job.json', now);
  const answer = await fetch(url);
  expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
    200,
    'application/json',
    { a: 1 },
  ]);
  expect(expiresAt.getTime() - now.getTime()).toBe(3_600_000);
});

test('finds a stored object by its task, with any characters in the name of the video', async () => {
  const bucket = createBucket(BUCKET, client);
  const labels = {
    contentType: 'video/mp4',
    fileName: 'Löwe – 狮子.mp4',
    taskId: '393769180141900000',
    expires: true,
  };
  const key = 'videos/Löwe/video.mp4';
  const measured = await bucket.createUpload(key, labels).run(contentOf('a video'), signal);
  const stored = { bucket: BUCKET, key, ...measured };
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

test('writes an object only if it is missing, or still has the version that was read', async () => {
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

test('lets one of many concurrent writers succeed', async () => {
  const bucket = createBucket(BUCKET, client);
  const tries = Array.from({ length: 20 }, (_, by) => bucket.putVersion('race.json', { by }, undefined));
  const won = (await Promise.all(tries)).flatMap((version, by) => (version === undefined ? [] : [by]));
  expect(won).toHaveLength(1);
  expect(await bucket.readJson('race.json')).toEqual({ by: won[0] });
});

test('throws where S3 fails during a conditional write', async () => {
  const mocked = mockClient(S3Client).rejects(Object.assign(new Error('Slow down'), { name: 'SlowDown' }));
  await expect(createBucket(BUCKET, new S3Client({})).putVersion('key', {}, undefined)).rejects.toMatchObject(
    {
      name: 'StorageUnavailable',
    },
  );
  mocked.restore();
});

test('lists and aborts the unfinished uploads of one object, and ignores a missing one', async () => {
  const bucket = createBucket(BUCKET, client);
  const begin = async (Key: string): Promise<string> =>
    (await client.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key }))).UploadId ?? '';
  const key = 'videos/1/video.mp4';
  const ids = [await begin(key), await begin(key)];
  await begin(`${key}.bak`);
  expect(new Set(await bucket.listUploads(key, signal))).toEqual(new Set(ids));
  await bucket.abortUploads(key, [...ids, '0'.repeat(32)], signal);
  expect(await bucket.listUploads(key, signal)).toEqual([]);
  expect(await bucket.listUploads(`${key}.bak`, signal)).toHaveLength(1);
});

test('removes an object, and ignores a missing one', async () => {
  const bucket = createBucket(BUCKET, client);
  await bucket.putJson('videos/1/copy.json', { a: 1 }, signal);
  await bucket.putJson('videos/1/copy.json', { a: 2 }, signal);
  expect(await bucket.readJson('videos/1/copy.json')).toEqual({ a: 2 });
  await bucket.remove('videos/1/copy.json', signal);
  await bucket.remove('videos/1/copy.json', signal);
  expect(await bucket.readText('videos/1/copy.json')).toBeUndefined();
});

test('says that an object is gone where S3 says so, and not where it says nothing', async () => {
  const bucket = createBucket(BUCKET, client);
  await bucket.putJson('videos/1/video.mp4', {});
  expect(await bucket.isGone('videos/1/video.mp4', signal)).toBe(false);
  await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'videos/1/video.mp4' }));
  expect(await bucket.isGone('videos/1/video.mp4', signal)).toBe(true);
  expect(await bucket.isGone('videos/1/video.mp4', AbortSignal.abort())).toBe(false);
  const answer = (error: Error) => {
    const mocked = mockClient(S3Client).rejects(error);
    return createBucket(BUCKET, new S3Client({}))
      .isGone('a', signal)
      .finally(() => mocked.restore());
  };
  expect(await answer(Object.assign(new Error('no'), { name: 'AccessDenied' }))).toBe(false);
  const ofProxy = { $metadata: { httpStatusCode: 404 }, message: 'not here' };
  expect(await answer(new NotFound(ofProxy))).toBe(false);
  expect(await answer(new NotFound({ ...ofProxy, $metadata: { requestId: '1' } }))).toBe(true);
});

test.each([
  ['a small object', true, 1],
  ['an object in parts', true, 6],
  ['no small object', false, 1],
  ['no object in parts', false, 6],
])('tags %s where it expires: %s', async (what, expires, howMany) => {
  const key = `videos/${what}/video.mp4`;
  const upload = createBucket(BUCKET, client).createUpload(key, { ...LABELS, expires });
  await upload.run(inMegabytes(megabytes(howMany)), signal);
  expect(upload.isInParts()).toBe(howMany > 1);
  const { TagSet } = await client.send(new GetObjectTaggingCommand({ Bucket: BUCKET, Key: key }));
  expect(TagSet).toEqual(expires ? [{ Key: 'template-video', Value: 'expires' }] : []);
});
