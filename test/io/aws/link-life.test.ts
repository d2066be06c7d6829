import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, expect, test, vi } from 'vitest';
import { createBucket } from '../../../lambdas/io/aws/bucket.ts';
import { createImageStore } from '../../../lambdas/io/image/uploads.ts';

const HOUR_SECONDS = 3600;
const keys = { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' };

afterEach(() => vi.unstubAllEnvs());

/** @param secondsLeft of the credentials; undefined where their expiry is unknown */
function clientWith(secondsLeft: number | undefined, now: Date): S3Client {
  const expiration = secondsLeft === undefined ? undefined : new Date(now.getTime() + secondsLeft * 1000);
  const credentials = { ...keys, ...(expiration === undefined ? {} : { expiration }) };
  return new S3Client({ region: 'us-east-1', credentials: async () => credentials });
}

function expiresOf(url: string): number {
  return Number(new URL(url).searchParams.get('X-Amz-Expires'));
}

test.each([
  ['have an unknown expiry', undefined, HOUR_SECONDS],
  ['expire in twelve hours', 12 * HOUR_SECONDS, HOUR_SECONDS],
  ['expire in an hour', HOUR_SECONDS, HOUR_SECONDS],
  ['expire in a quarter of an hour', 900.9, 900],
  ['expire at once', 0.2, 1],
  ['have expired', -60, 1],
])(
  'a link is valid for an hour at most, and no longer than its credentials: they %s',
  async (_when, left, seconds) => {
    const now = new Date();
    const client = clientWith(left, now);
    const { url, expiresAt } = await createBucket('b', client).signLink('videos/v1/video.mp4', now);
    expect(expiresOf(url)).toBe(seconds);
    expect(expiresAt.getTime() - now.getTime()).toBe(seconds * 1000);
    const image = { content_type: 'image/png', bytes: 9 } as const;
    const { upload } = await createImageStore('b', client).sign(image, 'iam A', now);
    expect(expiresOf(upload.url)).toBe(seconds);
    expect(Date.parse(upload.expires_at) - now.getTime()).toBe(seconds * 1000);
  },
);

test('a link expires with credentials whose expiry is in the environment', async () => {
  const now = new Date();
  const expiration = new Date(now.getTime() + 600_000).toISOString();
  const environment = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_SESSION_TOKEN: 'c',
    AWS_CREDENTIAL_EXPIRATION: expiration,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const { expiresAt } = await createBucket('b').signLink('videos/v1/video.mp4', now);
  expect(expiresAt.getTime()).toBeLessThanOrEqual(Date.parse(expiration));
});
