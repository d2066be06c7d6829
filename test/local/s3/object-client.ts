import { readdirSync } from 'node:fs';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { onTestFinished } from 'vitest';
import { startObjectStore } from '../../../local/s3/object-store.ts';

export const Bucket = 'videos-bucket';
export const Key = 'videos/1/video.mp4';

/** The real client of a store over a folder, until the test is over. */
export async function clientOf(folder: string): Promise<S3Client> {
  const store = await startObjectStore({ folder, buckets: [Bucket] });
  const client = new S3Client({
    endpoint: store.url,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: store.credentials,
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await store.stop();
  });
  return client;
}

export async function read(client: S3Client, key = Key): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key }));
  return (await Body?.transformToString()) ?? '';
}

/** The path of every file and folder below. */
export function everythingIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true }).map(String);
}
