import { clearCaches } from '@aws-lambda-powertools/parameters';
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, expect, test } from 'vitest';
import { createApiKey } from '../../../lambdas/io/minimax/api-key.ts';

const secrets = mockClient(SecretsManagerClient);
afterAll(() => secrets.restore());
afterEach(() => {
  secrets.reset();
  clearCaches();
});

test('reads the key without the white space around it, and only once', async () => {
  secrets.on(GetSecretValueCommand).resolves({ SecretString: ' sk-1\n' });
  const key = createApiKey('minimax/api-key');
  expect([await key(), await key()]).toEqual(['sk-1', 'sk-1']);
  expect(secrets.commandCalls(GetSecretValueCommand, { SecretId: 'minimax/api-key' })).toHaveLength(1);
});

test.each(['', 'two words', '{"key": "sk-1"}', 'sk-1\r\nX-Evil: 1'])(
  'never sends %j as a key',
  async (SecretString) => {
    secrets.on(GetSecretValueCommand).resolves({ SecretString });
    await expect(createApiKey('minimax/api-key')()).rejects.toMatchObject({ name: 'ApiKeyRejected' });
  },
);

test('says that there is no key', async () => {
  secrets
    .on(GetSecretValueCommand)
    .rejects(new ResourceNotFoundException({ message: 'none', $metadata: {} }));
  await expect(createApiKey('minimax/api-key')()).rejects.toThrow(
    'The secret minimax/api-key could not be read (ResourceNotFoundException).',
  );
});

test('distinguishes a transient error from a missing key', async () => {
  secrets
    .on(GetSecretValueCommand)
    .rejects(Object.assign(new Error('slow'), { name: 'ThrottlingException' }));
  await expect(createApiKey('minimax/api-key')()).rejects.toMatchObject({ name: 'ThrottlingException' });
});
