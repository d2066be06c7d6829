import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, expect, test } from 'vitest';
import { createCallbackRegistration } from '../../../lambdas/io/callback/registration.ts';
import { toCallbackToken } from '../../../lambdas/io/callback/token.ts';

const secrets = mockClient(SecretsManagerClient);
afterAll(() => secrets.restore());
afterEach(() => void secrets.reset());

const { signal } = new AbortController();
const job = { video_id: 'v1', created_at: '2026-11-22T10:00:00.000Z' };
const callbackUrl = 'https://x.example/prod/callbacks/v1/token';

function registration(found?: unknown) {
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

test('gives each video its own callback_url', async () => {
  secrets.on(GetSecretValueCommand, { SecretId: 'callbacks' }).resolves({ SecretString: 's' });
  expect(await registration().callbackUrl('v1', signal)).toBe(
    `https://x.example/prod/callbacks/v1/${toCallbackToken('s', 'v1')}`,
  );
});

test('throws where the secret cannot be read', async () => {
  secrets.on(GetSecretValueCommand).rejects(new Error('down'));
  await expect(registration().callbackUrl('v1', signal)).rejects.toThrow();
});

test('is active where MiniMax sent its challenge for this video', async () => {
  const found = { challenged_at: '2026-11-22T10:00:01.000Z' };
  expect(await registration(found).callbackStatus(job, { callbackUrl }, signal)).toEqual({
    active: true,
    received: 0,
  });
});

test.each([
  ['The create had no callback_url.', {}, { challenged_at: '2026-11-22T10:00:01.000Z' }],
  [
    'MiniMax rejected the callback_url (code 2013 "x"), and accepted the task without it.',
    { callbackUrl, callbackRejection: 'code 2013 "x"' },
    { challenged_at: '2026-11-22T10:00:01.000Z' },
  ],
  ['MiniMax accepted the task, but never sent its challenge.', { callbackUrl }, undefined],
  [
    'MiniMax accepted the task, but never sent its challenge.',
    { callbackUrl },
    { challenged_at: '2026-08-01T00:00:00.000Z' },
  ],
])('is not active, and the note says why: %s', async (note, create, found) => {
  expect(await registration(found).callbackStatus(job, create, signal)).toEqual({
    active: false,
    received: 0,
    note,
  });
});

test('stops reading when the signal is aborted', async () => {
  const slow = createCallbackRegistration({
    url: 'https://x.example/prod/callbacks',
    secretId: 'callbacks',
    bucket: { readJson: () => new Promise(() => undefined) },
  });
  const outOfTime = new AbortController();
  const callbackStatus = slow.callbackStatus(job, { callbackUrl }, outOfTime.signal);
  outOfTime.abort(new Error('no time left'));
  await expect(callbackStatus).rejects.toThrow('no time left');
});
