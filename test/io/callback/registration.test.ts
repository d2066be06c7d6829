import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, expect, test } from 'vitest';
import { createCallbackRegistration } from '../../../lambdas/io/callback/registration.ts';
import { toCallbackToken } from '../../../lambdas/io/callback/token.ts';

const secrets = mockClient(SecretsManagerClient);
afterEach(() => void secrets.reset());

const { signal } = new AbortController();
const job = { video_id: 'v1', created_at: '2026-11-22T10:00:00.000Z' };
const callbackUrl = 'https://x.example/prod/callbacks/v1/token';

function callbacks(found?: unknown) {
  return createCallbackRegistration({
    url: 'https://x.example/prod/callbacks',
    secretId: 'callbacks',
    bucket: {
      readJson: async (key) => {
        expect(key).toBe('videos/v1/challenge.json');
        return found;
      },
    },
  });
}

test('gives each video an address of its own', async () => {
  secrets.on(GetSecretValueCommand, { SecretId: 'callbacks' }).resolves({ SecretString: 's' });
  expect(await callbacks().callbackUrl('v1', signal)).toBe(
    `https://x.example/prod/callbacks/v1/${toCallbackToken('s', 'v1')}`,
  );
});

test('gives none where the secret cannot be read', async () => {
  secrets.on(GetSecretValueCommand).rejects(new Error('down'));
  await expect(callbacks().callbackUrl('v1', signal)).rejects.toThrow();
});

test('is listened to where MiniMax has tried it for this video', async () => {
  const found = { challenged_at: '2026-11-22T10:00:01.000Z' };
  expect(await callbacks(found).callbackStatus(job, { callbackUrl }, signal)).toEqual({
    active: true,
    received: 0,
  });
});

test.each([
  ['MiniMax was not asked to ring.', {}, { challenged_at: '2026-11-22T10:00:01.000Z' }],
  [
    'MiniMax refused to ring (code 2013 "x"), and took the task without.',
    { callbackUrl, callbackRejection: 'code 2013 "x"' },
    { challenged_at: '2026-11-22T10:00:01.000Z' },
  ],
  ['MiniMax took the task, but never tried the bell.', { callbackUrl }, undefined],
  [
    'MiniMax took the task, but never tried the bell.',
    { callbackUrl },
    { challenged_at: '2026-08-01T00:00:00.000Z' },
  ],
])('is not listened to, and says why: %s', async (note, create, found) => {
  expect(await callbacks(found).callbackStatus(job, create, signal)).toEqual({
    active: false,
    received: 0,
    note,
  });
});

test('holds nothing up that is short of time', async () => {
  const silent = createCallbackRegistration({
    url: 'https://x.example/prod/callbacks',
    secretId: 'callbacks',
    bucket: { readJson: () => new Promise(() => undefined) },
  });
  const outOfTime = new AbortController();
  const callbackStatus = silent.callbackStatus(job, { callbackUrl }, outOfTime.signal);
  outOfTime.abort(new Error('no time left'));
  await expect(callbackStatus).rejects.toThrow('no time left');
});
