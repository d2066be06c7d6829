import { createServer } from 'node:http';
import { S3Client } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { PART_BYTES } from '../../../lambdas/core/download/checkpoint.ts';
import { createBucket } from '../../../lambdas/io/aws/bucket.ts';
import { createCheckpoints } from '../../../lambdas/io/download/checkpoints.ts';
import { copyFile } from '../../../lambdas/io/download/copy-file.ts';
import { listen } from '../../../local/loopback-server.ts';
import { startObjectStore } from '../../../local/s3/object-store.ts';
import { mp4Head } from '../../harness/mp4-file.ts';
import { temporaryFolder } from '../../harness/running-service.ts';

const BUCKET = 'videos';

/** Copies a video of this size. @returns the requests to S3 */
async function requestsFor(bytes: number, fails: (command: string) => boolean = () => false) {
  const video = Buffer.concat([mp4Head(bytes)], bytes);
  const origin = await listen(
    createServer(),
    (_request, response) => void response.writeHead(200, { 'content-length': bytes, etag: '"1"' }).end(video),
    0,
  );
  const store = await startObjectStore({ folder: await temporaryFolder(), buckets: [BUCKET] });
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: store.url,
    credentials: store.credentials,
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await store.stop();
    await origin.stop();
  });
  const requests: string[] = [];
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const command = commandName.replace('Command', '');
        requests.push(command);
        if (fails(command)) throw Object.assign(new Error('no'), { name: 'AccessDenied' });
        return next(args);
      },
    { step: 'build' },
  );
  const warnings: string[] = [];
  const warn = (error: Error): undefined => void warnings.push(error.message);
  const bucket = createBucket(BUCKET, client);
  const key = 'videos/1/video.mp4';
  const copied = await copyFile(
    {
      bucket,
      key,
      labels: { contentType: 'video/mp4', fileName: '1.mp4', taskId: '1', expires: false },
      checkpoints: createCheckpoints({
        bucket,
        key: 'videos/1/copy.json',
        taskId: '1',
        everySeconds: 60,
        warn,
      }),
      source: {
        trustedOrigins: [origin.url],
        idleSeconds: 10,
        pauseSeconds: 0,
        maxMegabytes: 50,
        askForLink: async () => `${origin.url}/v.mp4`,
      },
      warn,
    },
    new AbortController().signal,
  );
  expect(copied).toMatchObject({ bucket: BUCKET, key, bytes, attempts: 1, resumes: 0 });
  return { requests, warnings };
}

test('sends S3 three requests for a small video: is it stored, is it unfinished, store it', async () => {
  expect((await requestsFor(1_000_000)).requests).toEqual(['GetObject', 'ListMultipartUploads', 'PutObject']);
});

test('sends no more requests for a video in parts than its parts need, and no checkpoint in the first minute', async () => {
  expect((await requestsFor(2 * PART_BYTES + 1)).requests).toEqual([
    'GetObject',
    'ListMultipartUploads',
    'CreateMultipartUpload',
    ...Array(3).fill('UploadPart'),
    'CompleteMultipartUpload',
    'DeleteObject',
  ]);
});

test('copies a video although it may neither list uploads nor delete the checkpoint', async () => {
  const isRejected = (command: string): boolean => /^(List|Delete)/.test(command);
  const { warnings } = await requestsFor(2 * PART_BYTES + 1, isRejected);
  expect(warnings).toEqual(['no', expect.stringContaining('AccessDenied')]);
});
