import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { AwsRefusal, createLightAws, type LightAws } from '../../../lambdas/io/aws/fetch-client.ts';
import { lightSecret } from '../../../lambdas/io/aws/light-secret.ts';
import { createCredentials } from '../../../local/aws/credentials.ts';
import { startAwsEndpoint } from '../../../local/aws/json-endpoint.ts';
import { secretsManagerApi } from '../../../local/aws/secrets-manager-api.ts';
import type { Listening } from '../../../local/loopback-server.ts';
import { type ObjectStore, startObjectStore } from '../../../local/s3/object-store.ts';
import { startRawPeer } from '../../harness/raw-peer.ts';

const credentials = createCredentials();
const SECRETS = new Map([['callbacks', 'a secret']]);
let folder: string;
let store: ObjectStore;
let endpoint: Listening;
let aws: LightAws;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'template-video-test-'));
  store = await startObjectStore({ folder, buckets: ['b'], credentials });
  endpoint = await startAwsEndpoint(secretsManagerApi(SECRETS), credentials);
  aws = lightAws(store.url, endpoint.url);
});
afterAll(async () => {
  await store.stop();
  await endpoint.stop();
  await rm(folder, { recursive: true, force: true });
});

function lightAws(s3: string, others: string): LightAws {
  const endpoints = { s3, states: others, secretsmanager: others };
  return createLightAws({ region: 'us-east-1', credentials, endpoints });
}

test.each(['v1', 'Lion (2) ä+!', "it's * 100%"])(
  'writes, reads and deletes the objects of the video %j, signed as S3 wants it',
  async (name) => {
    const key = `videos/${name}/callback.json`;
    expect(await aws.readJson('b', key)).toBeUndefined();
    await aws.putJson('b', key, { a: 1 });
    expect(await aws.readJson('b', key)).toEqual({ value: { a: 1 } });
    await aws.putJson('b', key, { a: 2 });
    expect(await aws.readJson('b', key)).toEqual({ value: { a: 2 } });
    await aws.delete('b', key);
    await aws.delete('b', key);
    expect(await aws.readJson('b', key)).toBeUndefined();
  },
);

test('does not take a missing grant for an object that is not there', async () => {
  const { host } = await startRawPeer((socket) =>
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'),
  );
  await expect(lightAws(host, host).readJson('b', 'k')).rejects.toMatchObject({
    name: 'StorageUnavailable',
    message: 'S3 answered GET k with HTTP 403.',
  });
});

test('names what S3 refuses, and tries again what it could not do', async () => {
  const { host, requests } = await startRawPeer((socket) =>
    socket.end('HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
  );
  const slow = lightAws(host, host);
  await expect(slow.putJson('b', 'k', {})).rejects.toThrow('S3 answered PUT k with HTTP 503.');
  expect(requests()).toBe(3);
  await expect(slow.readJson('b', 'k')).rejects.toMatchObject({ name: 'StorageUnavailable' });
  await expect(slow.delete('b', 'k')).rejects.toMatchObject({ name: 'StorageUnavailable' });
});

test('names what another service refuses by its own word', async () => {
  const none = aws.call('secretsmanager', 'secretsmanager.GetSecretValue', { SecretId: 'other' });
  await expect(none).rejects.toBeInstanceOf(AwsRefusal);
  await expect(none).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('reads a secret once, and again after a failure', async () => {
  onTestFinished(() => void SECRETS.set('callbacks', 'a secret'));
  SECRETS.delete('callbacks');
  const secret = lightSecret(aws, 'callbacks');
  await expect(secret()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  SECRETS.set('callbacks', 'a secret');
  expect(await secret()).toBe('a secret');
  SECRETS.set('callbacks', 'another');
  expect(await secret()).toBe('a secret');
});
