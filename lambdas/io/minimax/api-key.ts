import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import { Failure } from '../../core/failure.ts';

const MAX_AGE_SECONDS = 300;

/** Permanent errors of GetSecretValue. */
const PERMANENT_ERRORS: readonly string[] = [
  'AccessDeniedException',
  'DecryptionFailure',
  'InvalidParameterException',
  'InvalidRequestException',
  'ResourceNotFoundException',
];

/** A key that may be a few minutes old, or one read just now. */
export type ApiKey = (age?: 'fresh') => Promise<string>;

/**
 * Reads the MiniMax key from the Secrets Manager secret of this name, at most every five minutes unless asked for a fresh one.
 * @throws Failure `ApiKeyRejected` when there is no usable key, and the SDK's own error when it could not be read just now
 */
export function createApiKey(secretName: string): ApiKey {
  return async (age) => {
    const key = await readSecret(secretName, age === 'fresh');
    if (/^[\x21-\x7e]+$/.test(key)) return key;
    throw new Failure(
      'ApiKeyRejected',
      `The secret ${secretName} holds no key: expected one line of printable characters.`,
    );
  };
}

async function readSecret(secretName: string, forceFetch: boolean): Promise<string> {
  try {
    const secret = await getSecret(secretName, { maxAge: MAX_AGE_SECONDS, forceFetch });
    return typeof secret === 'string' ? secret.trim() : '';
  } catch (error) {
    const fault = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (!(fault instanceof Error) || !PERMANENT_ERRORS.includes(fault.name)) throw fault;
    throw new Failure('ApiKeyRejected', `The secret ${secretName} could not be read (${fault.name}).`, {
      cause: fault,
    });
  }
}
