import { SecretsProvider } from '@aws-lambda-powertools/parameters/secrets';
import { createSecretsClient } from './clients.ts';

const MAX_AGE_SECONDS = 300;

/**
 * Reads the secret that callback tokens are made with, at most every five minutes.
 * @param secretId its name or its ARN
 * @throws Error of the SDK, or one for a secret without text
 */
export function createCallbackSecretReader(
  secretId: string,
  awsSdkV3Client = createSecretsClient(),
): () => Promise<string> {
  const provider = new SecretsProvider({ awsSdkV3Client });
  return async () => {
    const secret = await provider.get(secretId, { maxAge: MAX_AGE_SECONDS });
    if (typeof secret === 'string') return secret;
    throw new Error(`The secret ${secretId} holds no text.`);
  };
}
