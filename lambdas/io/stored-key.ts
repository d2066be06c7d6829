import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import { Failure } from '../core/failure.ts';

const MAX_AGE_SECONDS = 300;

/** Secrets Manager's errors that another try does not mend. */
const LASTING_FAULTS: readonly string[] = [
  'AccessDeniedException',
  'DecryptionFailure',
  'InvalidParameterException',
  'InvalidRequestException',
  'ResourceNotFoundException',
];

/**
 * Reads the MiniMax key from the Secrets Manager secret of this name, at most every five minutes.
 * @throws Failure `ApiKeyRejected` when there is no usable key, and the SDK's own error when it could not be read just now
 */
export function storedKey(secretName: string): () => Promise<string> {
  return async () => {
    const key = await readSecret(secretName);
    if (/^[\x21-\x7e]+$/.test(key)) return key;
    throw new Failure(
      'ApiKeyRejected',
      `The secret ${secretName} holds no key: expected one line of printable characters.`,
    );
  };
}

async function readSecret(secretName: string): Promise<string> {
  try {
    const secret = await getSecret(secretName, { maxAge: MAX_AGE_SECONDS });
    return typeof secret === 'string' ? secret.trim() : '';
  } catch (error) {
    const fault = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (!(fault instanceof Error) || !LASTING_FAULTS.includes(fault.name)) throw fault;
    throw new Failure('ApiKeyRejected', `The secret ${secretName} could not be read (${fault.name}).`, {
      cause: fault,
    });
  }
}
