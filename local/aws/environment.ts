import { REGION } from '../template/template.ts';
import type { RunCredentials } from './credentials.ts';

interface Endpoints {
  readonly s3: string;
  /** Of all services with AWS JSON. */
  readonly others: string;
  readonly credentials: RunCredentials;
}

/** The environment variables that point AWS SDK clients at servers of this machine. */
export function awsEnvironment({ s3, others, credentials }: Endpoints) {
  return {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL_S3: s3,
    AWS_ENDPOINT_URL_SFN: others,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: others,
    AWS_ENDPOINT_URL_EVENTBRIDGE: others,
    AWS_ENDPOINT_URL_DYNAMODB: others,
  } as const;
}
