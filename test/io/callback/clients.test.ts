import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createJsonObjects } from '../../../lambdas/io/aws/s3-objects.ts';
import { createTaskCallback } from '../../../lambdas/io/aws/task-token.ts';
import { createS3Client, createSfnClient } from '../../../lambdas/io/callback/clients.ts';
import { createCallbackSecretReader } from '../../../lambdas/io/callback/secret.ts';
import { startRawPeer } from '../../harness/raw-peer.ts';

beforeEach(() => {
  const environment = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterEach(() => void vi.unstubAllEnvs());

const CALLS: Readonly<Record<string, () => Promise<unknown>>> = {
  'S3 PutObject': () => createJsonObjects('b', createS3Client()).putJson('k', {}),
  'S3 GetObject': () => createJsonObjects('b', createS3Client()).readJson('k'),
  'S3 DeleteObject': () => createJsonObjects('b', createS3Client()).remove('k'),
  SendTaskSuccess: () => createTaskCallback(createSfnClient()).succeed('t', {}),
  GetSecretValue: () => createCallbackSecretReader('callbacks')(),
};

test.each(Object.keys(CALLS))('%s is sent three times where AWS fails', async (name) => {
  const { host, requests } = await startRawPeer((socket) =>
    socket.end('HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
  );
  vi.stubEnv('AWS_ENDPOINT_URL', host);
  await expect(CALLS[name]?.()).rejects.toThrow();
  expect(requests()).toBe(3);
});
