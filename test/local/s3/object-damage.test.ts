import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../harness/running-service.ts';
import { Bucket, clientOf, Key, read } from './object-client.ts';

test('removes at its start only what a killed process has left', async () => {
  const folder = await temporaryFolder();
  const client = await clientOf(folder);
  await client.send(new PutObjectCommand({ Bucket, Key, Body: 'whole' }));
  const { UploadId = '' } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'videos/2' }));
  const left = join(folder, Bucket, 'videos', '1', '.~half.mp4');
  writeFileSync(left, 'ha');
  const next = await clientOf(folder);
  expect(existsSync(left)).toBe(false);
  expect(await read(next)).toBe('whole');
  const { Uploads = [] } = await next.send(new ListMultipartUploadsCommand({ Bucket }));
  expect(Uploads.map((each) => each.UploadId)).toEqual([UploadId]);
});

interface ObjectPaths {
  readonly link: string;
  readonly metadata: string;
}

function pathsOf(folder: string): ObjectPaths {
  const link = join(folder, Bucket, Key);
  return { link, metadata: `${join(dirname(link), readlinkSync(link))}~metadata` };
}

test.each([
  ['whose metadata is empty', ({ metadata }: ObjectPaths) => writeFileSync(metadata, '')],
  ['whose metadata is not JSON', ({ metadata }: ObjectPaths) => writeFileSync(metadata, '{"etag":')],
  ['whose metadata is another JSON', ({ metadata }: ObjectPaths) => writeFileSync(metadata, '[]')],
  ['whose metadata is not there', ({ metadata }: ObjectPaths) => rmSync(metadata)],
  [
    'that an editor has put a file in the place of',
    ({ link }: ObjectPaths) => {
      rmSync(link);
      writeFileSync(link, Key);
    },
  ],
])('an object %s is an error, not absent, and does not affect the others', async (_name, damage) => {
  const folder = await temporaryFolder();
  const client = await clientOf(folder);
  const other = 'videos/2/video.mp4';
  for (const key of [Key, other]) await client.send(new PutObjectCommand({ Bucket, Key: key, Body: key }));
  damage(pathsOf(folder));
  const restarted = await clientOf(folder);
  const is500 = { $metadata: { httpStatusCode: 500 } };
  await expect(restarted.send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject(is500);
  await expect(restarted.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toMatchObject(is500);
  for (const condition of [{ IfNoneMatch: '*' }, { IfMatch: '"0"' }, {}]) {
    const put = new PutObjectCommand({ Bucket, Key, Body: 'new', ...condition });
    await expect(restarted.send(put)).rejects.toMatchObject({ name: 'InternalError', ...is500 });
  }
  const { Contents = [], IsTruncated } = await restarted.send(
    new ListObjectsV2Command({ Bucket, Prefix: 'videos/', MaxKeys: 1 }),
  );
  expect([Contents.map((each) => each.Key), IsTruncated]).toEqual([[other], false]);
  expect(await read(restarted, other)).toBe(other);
  expect(readFileSync(join(folder, Bucket, Key), 'utf8')).toBe(Key);
  await restarted.send(new DeleteObjectCommand({ Bucket, Key }));
  await restarted.send(new PutObjectCommand({ Bucket, Key, Body: 'new', IfNoneMatch: '*' }));
  expect(await read(restarted)).toBe('new');
});

test('a file that a person has edited is a new version, with its own length and ETag', async () => {
  const folder = await temporaryFolder();
  const client = await clientOf(folder);
  const { ETag } = await client.send(new PutObjectCommand({ Bucket, Key, Body: '{}', ContentType: 'a/b' }));
  const edited = '{"edited":true}';
  writeFileSync(join(folder, Bucket, Key), edited);
  const found = await client.send(new HeadObjectCommand({ Bucket, Key }));
  const md5 = createHash('md5').update(edited).digest('hex');
  expect([found.ContentLength, found.ETag]).toEqual([edited.length, `"${md5}"`]);
  expect(await read(client)).toBe(edited);
  const put = (IfMatch: string | undefined) =>
    client.send(new PutObjectCommand({ Bucket, Key, Body: 'x', IfMatch }));
  await expect(put(ETag)).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await put(found.ETag);
  expect(await read(client)).toBe('x');
});
