import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { UsageError } from '../../local/user-error.ts';
import type { ApiRequest, Authorize } from './video-client.ts';

/** The header with which API Gateway is shown an API key. */
export function withKey(key: string): Authorize {
  return async () => ({ 'x-api-key': key });
}

interface Surroundings {
  readonly hasCredentials: boolean;
  readonly region: string | undefined;
}

/** Signs with the AWS credentials of whoever runs this (Signature Version 4). On this machine nobody asks for any. @throws UsageError */
export function withSignature(videosUrl: string, { hasCredentials, region }: Surroundings): Authorize {
  const url = new URL(videosUrl);
  if (isLoopback(url) && !hasCredentials) return async () => ({});
  const signingRegion = /\.execute-api\.([\w-]+)\.amazonaws\.com(\.cn)?$/.exec(url.hostname)?.[1] ?? region;
  if (signingRegion === undefined)
    throw new UsageError(`The region of ${url.hostname} is not known; set AWS_REGION, or give --key.`);
  const known = defaultProvider();
  return createSigner(signingRegion, () =>
    known().catch((error: Error) => {
      throw new UsageError(
        `There are no AWS credentials to sign with (${error.message}); set them up, or give --key.`,
      );
    }),
  );
}

function createSigner(region: string, credentials: ReturnType<typeof defaultProvider>): Authorize {
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  return async ({ method, url, headers, body }: ApiRequest) => {
    const signed = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...headers, host: url.host },
      body,
    });
    const { host: _host, ...rest } = signed.headers;
    return rest;
  };
}

/** Does this address lead to this very machine? */
export function isLoopback({ hostname }: URL): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}
