import { REGION } from '../template.ts';
import { CREDENTIALS } from './object-store.ts';

/** The environment in which AWS SDK clients talk to servers of this machine instead of AWS's. */
export function awsSurroundings({ s3, others }: { readonly s3: string; readonly others: string }) {
  return {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_S3: s3,
    AWS_ENDPOINT_URL_SFN: others,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: others,
    AWS_ENDPOINT_URL_EVENTBRIDGE: others,
  } as const;
}
