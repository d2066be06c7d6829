import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';

/** MiniMax gives a callback three seconds to be answered, so a call of AWS gets two seconds and two retries. */
const SHORT_TIMEOUTS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
};

export const createS3Client = () => new S3Client(SHORT_TIMEOUTS);
export const createSfnClient = () => new SFNClient(SHORT_TIMEOUTS);
export const createSecretsClient = () => new SecretsManagerClient(SHORT_TIMEOUTS);
