import { UploadPartCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import {
  Bucket,
  breaking,
  contentOf,
  megabytes,
  newKey,
  PART_BYTES,
  read,
  type Sent,
  signal,
  unfinished,
  uploadTo,
  useObjectStore,
  watchedClient,
} from './watched-uploads.ts';

useObjectStore();

test('has nothing to continue from before the first part', async () => {
  const { client, sent } = watchedClient();
  const upload = uploadTo(newKey(), client);
  await expect(upload.run(contentOf(breaking(5)), signal)).rejects.toThrow('it broke');
  expect(upload.stored()).toBeUndefined();
  expect(sent).toEqual([]);
});

test('does not count a rejected part, or a part after it, as stored', async () => {
  const { client } = watchedClient(({ part }) => part === '2');
  const upload = uploadTo(newKey(), client);
  await expect(upload.run(contentOf(megabytes(40)), signal)).rejects.toMatchObject({
    name: 'StorageUnavailable',
    message: 'The object could not be read or written (SlowDown).',
  });
  expect([undefined, PART_BYTES]).toContain(upload.stored()?.mark.bytes);
});

test.each([
  ['S3 rejects to begin the upload', ({ command }: Sent) => command === 'CreateMultipartUpload'],
  ['S3 rejects a part', ({ part }: Sent) => part === '2'],
  ['S3 rejects to complete the upload', ({ command }: Sent) => command === 'CompleteMultipartUpload'],
])('where %s, it says StorageUnavailable, and can be taken back', async (_name, fails) => {
  const { client } = watchedClient(fails);
  const key = newKey();
  const upload = uploadTo(key, client);
  await expect(upload.run(contentOf(megabytes(12)), signal)).rejects.toMatchObject({
    name: 'StorageUnavailable',
    message: 'The object could not be read or written (SlowDown).',
  });
  await upload.abortUpload();
  expect(await unfinished(client, key)).toEqual([]);
});

test('gives the stored parts to a later upload where S3 rejects to complete this one', async () => {
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
  ['has other bytes than the stored part', { etag: `"${'0'.repeat(32)}"`, crc32: 'AAAAAA==' }, undefined],
  ['is of an upload that is gone', undefined, '0'.repeat(32)],
])('has nothing to continue from where a part %s', async (_what, part, uploadId) => {
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

test('stops reading when S3 rejects a part', async () => {
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

test('does not wait for content without bytes when S3 rejects a part', async () => {
  const { client } = watchedClient(({ part }) => part === '1');
  const stalled = async function* (): AsyncGenerator<Buffer> {
    yield* megabytes(6);
    await new Promise(() => undefined);
  };
  await expect(uploadTo(newKey(), client).run(contentOf(stalled()), signal)).rejects.toMatchObject({
    name: 'StorageUnavailable',
  });
});

test('ignores an error of the abort', async () => {
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

test('the local store rejects a part of a missing upload, as S3 does', async () => {
  const { client } = watchedClient();
  const part = { Bucket, Key: 'x.mp4', UploadId: 'gone', PartNumber: 1, Body: Buffer.alloc(10) };
  await expect(client.send(new UploadPartCommand(part))).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

test('gives the stored parts when it is stopped, and stores no object', async () => {
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

test('aborts an upload that was just beginning when it was stopped', async () => {
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
