import { AwsV4Signer } from 'aws4fetch';
import type { ClientOptions } from './options.ts';

/** An unsigned request to the HTTPS API. Each one may be repeated: it starts nothing, or has an idempotency key. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Gives all headers of a request, with those that authorize it. @throws what the provider of the credentials throws */
export type Authorize = (request: ApiRequest) => Promise<Readonly<Record<string, string>>>;

type Access = Pick<ClientOptions, 'apiKey' | 'credentials' | 'region'>;

/** @param videosUrl whose host may name the region. @throws TypeError */
export function toAuthorize({ apiKey, credentials, region }: Access, videosUrl: URL): Authorize {
  if (apiKey !== undefined && credentials !== undefined)
    throw new TypeError('apiKey and credentials exclude each other: give the one that the deployment takes.');
  // Not shown. `fetch` would show it in its error.
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey))
    throw new TypeError('apiKey has characters that no key has: only ASCII, and no spaces or line breaks.');
  if (apiKey !== undefined) return async ({ headers }) => ({ ...headers, 'x-api-key': apiKey });
  if (credentials === undefined) return async ({ headers }) => headers;
  const signingRegion = regionOf(videosUrl) ?? region;
  if (signingRegion === undefined)
    throw new TypeError(`The region of ${videosUrl.hostname} is not known: give region.`);
  return async ({ url, ...request }) => {
    const { accessKeyId, secretAccessKey, sessionToken } =
      typeof credentials === 'function' ? await credentials() : credentials;
    const signer = new AwsV4Signer({
      ...request,
      url: url.href,
      accessKeyId,
      secretAccessKey,
      sessionToken,
      service: 'execute-api',
      region: signingRegion,
    });
    return Object.fromEntries((await signer.sign()).headers);
  };
}

/** The region in a host of API Gateway. */
export function regionOf({ hostname }: URL): string | undefined {
  return /\.execute-api\.([\w-]+)\.amazonaws\.com(\.cn)?$/.exec(hostname)?.[1];
}
