import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { objectFileStore } from '../../../local/s3/object-file-store.ts';
import { temporaryFolder } from '../../harness/running-service.ts';
import { Bucket, clientOf, everythingIn, Key, read } from './object-client.ts';

test('serves an object with its metadata, and stores it as a file that only its owner can open', async () => {
  const folder = await temporaryFolder();
  const client = await clientOf(folder);
  const labels = { ContentType: 'video/mp4', Metadata: { 'task-id': '7' } };
  const put = await client.send(new PutObjectCommand({ Bucket, Key, Body: 'moving pictures', ...labels }));
  expect(await client.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
    ContentLength: 15,
    ETag: put.ETag,
    ...labels,
  });
  const part = await client.send(new GetObjectCommand({ Bucket, Key, Range: 'bytes=7-9' }));
  expect([await part.Body?.transformToString(), part.ContentRange]).toEqual(['pic', 'bytes 7-9/15']);
  const file = join(folder, Bucket, Key);
  expect(readFileSync(file, 'utf8')).toBe('moving pictures');
  const modes = everythingIn(folder).map((path) => statSync(join(folder, path)).mode & 0o077);
  expect(new Set(modes)).toEqual(new Set([0]));
});

test('gives a reader the complete old or new object while it is replaced repeatedly', async () => {
  const client = await clientOf(await temporaryFolder());
  const bodies = ['a'.repeat(200_000), 'b'.repeat(100_000), '{"small":true}'];
  const put = (index: number): Promise<unknown> =>
    client.send(
      new PutObjectCommand({ Bucket, Key, Body: bodies[index] ?? '', Metadata: { version: String(index) } }),
    );
  await put(0);
  const writing = (async () => {
    for (let round = 0; round < 40; round += 1) await put(round % bodies.length);
  })();
  for (let round = 0; round < 80; round += 1) {
    const found = await client.send(new GetObjectCommand({ Bucket, Key })).catch(() => undefined);
    const text = await found?.Body?.transformToString().catch(() => undefined);
    if (text !== undefined) expect(text === bodies[Number(found?.Metadata?.version)]).toBe(true);
  }
  await writing;
});

test('keeps the tags of an object, and answers with their number', async () => {
  const client = await clientOf(await temporaryFolder());
  const Tagging = 'a%26b=%3C1%3E&c=2';
  await client.send(new PutObjectCommand({ Bucket, Key, Body: 'a', Tagging }));
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts', Tagging }));
  const place = { Bucket, Key: 'parts', UploadId };
  const { ETag } = await client.send(new UploadPartCommand({ ...place, PartNumber: 1, Body: 'b' }));
  await client.send(
    new CompleteMultipartUploadCommand({ ...place, MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] } }),
  );
  for (const one of [Key, 'parts']) {
    const { TagSet } = await client.send(new GetObjectTaggingCommand({ Bucket, Key: one }));
    expect(TagSet).toEqual([
      { Key: 'a&b', Value: '<1>' },
      { Key: 'c', Value: '2' },
    ]);
    expect((await client.send(new GetObjectCommand({ Bucket, Key: one }))).TagCount).toBe(2);
  }
  const missing = client.send(new GetObjectTaggingCommand({ Bucket, Key: 'none' }));
  await expect(missing).rejects.toMatchObject({ name: 'NoSuchKey' });
});

/** S3's minimum for a part before the last. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

test('joins the parts of an upload, and rejects a missing or replaced part', async () => {
  const folder = await temporaryFolder();
  const client = await clientOf(folder);
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'video/mp4', Metadata: { 'task-id': '7' } }),
  );
  const part = async (PartNumber: number, Body: string) => {
    const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
    return { PartNumber, ETag };
  };
  const moving = 'moving '.padEnd(MIN_PART_BYTES);
  const [two, one, again] = [await part(2, 'pictures'), await part(1, 'still '), await part(1, moving)];
  const complete = (Parts: readonly object[], more: object = {}) =>
    client.send(
      new CompleteMultipartUploadCommand({
        Bucket,
        Key,
        UploadId,
        MultipartUpload: { Parts: [...Parts] },
        ...more,
      }),
    );
  for (const wrong of [{ ...two, ETag: one.ETag }, two])
    await expect(complete([one, wrong])).rejects.toMatchObject({ name: 'InvalidPart' });
  await client.send(new PutObjectCommand({ Bucket, Key, Body: 'older' }));
  await expect(complete([again, two], { IfNoneMatch: '*' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
  expect(await read(client)).toBe('older');
  await complete([again, two]);
  expect(await read(client)).toBe(`${moving}pictures`);
  expect(await client.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
    Metadata: { 'task-id': '7' },
  });
  expect((await client.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).toEqual([]);
});

test.each([
  ['takes a last part of one byte', [MIN_PART_BYTES, 1], undefined],
  ['rejects a part before the last of less than 5 MiB', [MIN_PART_BYTES - 1, 1], 'EntityTooSmall'],
  ['takes an only part of one byte', [1], undefined],
])('%s', async (_what, sizes, rejection) => {
  const client = await clientOf(await temporaryFolder());
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const putting = sizes.map(async (size, index) => {
    const part = { Bucket, Key, UploadId, PartNumber: index + 1, Body: Buffer.alloc(size) };
    const { ETag } = await client.send(new UploadPartCommand(part));
    return { PartNumber: index + 1, ETag };
  });
  const MultipartUpload = { Parts: await Promise.all(putting) };
  const completed = client.send(
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }),
  );
  const outcome = await completed.then(
    () => undefined,
    ({ name }: Error) => name,
  );
  expect(outcome).toBe(rejection);
});

test('stores no body that differs from its checksum', async () => {
  const client = await clientOf(await temporaryFolder());
  const put = (ChecksumCRC32: string) =>
    client.send(new PutObjectCommand({ Bucket, Key, Body: 'moving pictures', ChecksumCRC32 }));
  await expect(put('AAAAAA==')).rejects.toMatchObject({ name: 'BadDigest' });
  await expect(read(client)).rejects.toMatchObject({ name: 'NoSuchKey' });
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32('moving pictures'));
  expect(await put(sum.toString('base64'))).toMatchObject({ ChecksumCRC32: sum.toString('base64') });
});

test('lists in the order of keys, and deletes with the folders that become empty', async () => {
  const folder = await temporaryFolder();
  const client = await clientOf(folder);
  const put = (key: string) => client.send(new PutObjectCommand({ Bucket, Key: key, Body: key }));
  for (const key of ['videos/2/job.json', 'videos/3', 'videos/1/job.json', 'videos/1.json', 'uploads/1'])
    await put(key);
  const keysOf = async (more: object = {}) => {
    const found = await objectFileStore(folder).listObjects(Bucket, { prefix: 'videos/', ...more });
    return [found.objects.map((each) => each.key), found.commonPrefixes];
  };
  expect(await keysOf()).toEqual([
    ['videos/1.json', 'videos/1/job.json', 'videos/2/job.json', 'videos/3'],
    [],
  ]);
  expect(await keysOf({ delimiter: '/' })).toEqual([
    ['videos/1.json', 'videos/3'],
    ['videos/1/', 'videos/2/'],
  ]);
  expect(await keysOf({ maxKeys: 1, startAfter: 'videos/1.json' })).toEqual([['videos/1/job.json'], []]);
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'videos/1/job.json' }));
  expect(existsSync(join(folder, Bucket, 'videos', '1'))).toBe(false);
  await expect(read(client, 'videos/1/job.json')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test.each([
  ['If-None-Match where there is one', { IfNoneMatch: '*' }, 'there', 'PreconditionFailed'],
  ['If-Match of another', { IfMatch: '"0"' }, 'there', 'PreconditionFailed'],
  ['If-Match where there is none', { IfMatch: '"0"' }, 'absent', 'NoSuchKey'],
] as const)(
  'rejects a put with %s as S3 does, and changes nothing',
  async (_name, condition, state, error) => {
    const folder = await temporaryFolder();
    const client = await clientOf(folder);
    if (state === 'there') await client.send(new PutObjectCommand({ Bucket, Key, Body: 'first' }));
    const before = everythingIn(folder);
    const put = client.send(new PutObjectCommand({ Bucket, Key, Body: 'second', ...condition }));
    await expect(put).rejects.toMatchObject({ name: error });
    expect(everythingIn(folder).filter((path) => path.includes('~'))).toEqual(
      before.filter((path) => path.includes('~')),
    );
  },
);

test('lets exactly one of many writers with one condition succeed, also beside an unconditional writer', async () => {
  const client = await clientOf(await temporaryFolder());
  const { ETag: IfMatch } = await client.send(new PutObjectCommand({ Bucket, Key, Body: 'first' }));
  const writers = Array.from({ length: 12 }, (_each, index) =>
    client.send(new PutObjectCommand({ Bucket, Key, Body: `writer ${index}`, IfMatch })).then(
      () => 'won',
      (error: Error) => error.name,
    ),
  );
  const outcomes = await Promise.all(writers);
  expect(outcomes.filter((outcome) => outcome === 'won')).toHaveLength(1);
  const rejections = ['won', 'PreconditionFailed', 'ConditionalRequestConflict'];
  expect(outcomes.filter((outcome) => !rejections.includes(outcome))).toEqual([]);
});

test.each(['videos/../x', 'videos//x', 'videos/.~x', 'a\u0000b'])('has no object %j', async (key) => {
  const client = await clientOf(await temporaryFolder());
  const put = client.send(new PutObjectCommand({ Bucket, Key: key, Body: 'x' }));
  await expect(put).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
});
