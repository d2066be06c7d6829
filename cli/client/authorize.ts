import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { AwsV4Signer } from 'aws4fetch';
import { UsageError } from '../../local/user-error.ts';
import type { Authorize } from './api-requests.ts';

/** Sends an API key, for a stack with `auth=key`. */
export function withKey(key: string): Authorize {
  return async () => ({ 'x-api-key': key });
}

interface AwsAccess {
  readonly hasCredentials: boolean;
  readonly region: string | undefined;
}

/**
 * Signs each request with the person's AWS credentials (Signature Version 4, SigV4). A service on this machine needs none,
 * because it takes unsigned requests.
 * @throws UsageError where the region is not known
 */
export function withSignature(videosUrl: string, { hasCredentials, region }: AwsAccess): Authorize {
  const url = new URL(videosUrl);
  if (isLoopback(url) && !hasCredentials) return async () => ({});
  const signingRegion = /\.execute-api\.([\w-]+)\.amazonaws\.com(\.cn)?$/.exec(url.hostname)?.[1] ?? region;
  if (signingRegion === undefined)
    throw new UsageError(`The region of ${url.hostname} is not known; set AWS_REGION, or give --key.`);
  const credentials = defaultProvider();
  return async (request) => {
    const { accessKeyId, secretAccessKey, sessionToken } =
      await credentials().catch(rejectWithoutCredentials);
    const signer = new AwsV4Signer({
      ...request,
      url: request.url.href,
      accessKeyId,
      secretAccessKey,
      sessionToken,
      service: 'execute-api',
      region: signingRegion,
    });
    const { headers } = await signer.sign();
    return Object.fromEntries(headers);
  };
}

function rejectWithoutCredentials(error: Error): never {
  throw new UsageError(
    `There are no AWS credentials to sign with (${error.message}); set them up, or give --key.`,
  );
}

/** Whether an address is that of this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}
