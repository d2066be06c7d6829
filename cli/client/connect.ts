import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { isLoopback } from '../../client/address.ts';
import { regionOf } from '../../client/authorize.ts';
import { type ClientOptions, createClient, type RetryNotice, type VideosClient } from '../../client/index.ts';
import { UsageError } from '../../local/user-error.ts';
import { printStatus } from '../print-status.ts';

interface ServiceAccess {
  /** `https://…/videos` */
  readonly url: string;
  /** An API key, instead of a signature. */
  readonly key: string | undefined;
  readonly hasAwsCredentials: boolean;
  readonly awsRegion?: string | undefined;
  readonly signal?: AbortSignal;
}

/** A client with the person's API key or AWS credentials, which prints each repetition. @throws UsageError where the region is not known */
export function connect(access: ServiceAccess): VideosClient {
  const { url, key, signal } = access;
  const authorization = key === undefined ? signatureFor(access) : { apiKey: key };
  return createClient({ url, signal, onRetry: printRetry, ...authorization });
}

/** A service on this machine needs no credentials, because it takes unsigned requests. */
function signatureFor({
  url,
  hasAwsCredentials,
  awsRegion,
}: ServiceAccess): Pick<ClientOptions, 'credentials' | 'region'> {
  const address = new URL(url);
  if (isLoopback(address) && !hasAwsCredentials) return {};
  const region = regionOf(address) ?? awsRegion;
  if (region === undefined)
    throw new UsageError(`The region of ${address.hostname} is not known; set AWS_REGION, or give --key.`);
  const credentials = defaultProvider();
  return { region, credentials: () => credentials().catch(rejectWithoutCredentials) };
}

function rejectWithoutCredentials(error: Error): never {
  throw new UsageError(
    `There are no AWS credentials to sign with (${error.message}); set them up, or give --key.`,
  );
}

/** Says that a request is repeated, and when. */
export function printRetry({ host, reason, attempt, attempts, pauseSeconds }: RetryNotice): void {
  const which = attempts === undefined ? `${attempt}` : `${attempt} of ${attempts}`;
  printStatus(`${host}: ${reason}; try ${which} in ${pauseSeconds} s`);
}
