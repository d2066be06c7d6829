import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCallbackSecretReader } from '../../../lambdas/io/callback/secret.ts';

const secrets = mockClient(SecretsManagerClient);
afterAll(() => secrets.restore());
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => {
  secrets.reset();
  vi.useRealTimers();
});

test('reads a secret once in five minutes', async () => {
  const secret = createCallbackSecretReader('callbacks');
  secrets.on(GetSecretValueCommand, { SecretId: 'callbacks' }).resolves({ SecretString: 'a secret' });
  expect(await secret()).toBe('a secret');
  secrets.on(GetSecretValueCommand).resolves({ SecretString: 'another' });
  vi.advanceTimersByTime(299_000);
  expect(await secret()).toBe('a secret');
  vi.advanceTimersByTime(2_000);
  expect(await secret()).toBe('another');
});

test('names what Secrets Manager rejects, and reads again after it', async () => {
  const secret = createCallbackSecretReader('callbacks');
  const missing = new ResourceNotFoundException({ message: 'not found', $metadata: {} });
  secrets.on(GetSecretValueCommand).rejectsOnce(missing).resolves({ SecretString: 'a secret' });
  await expect(secret()).rejects.toMatchObject({ cause: { name: 'ResourceNotFoundException' } });
  expect(await secret()).toBe('a secret');
});

test('rejects a secret without text', async () => {
  secrets.on(GetSecretValueCommand).resolves({ SecretBinary: new Uint8Array([1]) });
  await expect(createCallbackSecretReader('callbacks')()).rejects.toThrow(
    'The secret callbacks holds no text.',
  );
});
