import { AwsV4Signer } from 'aws4fetch';
import { type Check, ok, skipped } from './check.ts';

/** As the providers of the AWS SDK give them. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

interface QuotaOptions {
  readonly region: string;
  readonly credentials: () => Promise<Credentials>;
  readonly signal: AbortSignal;
  /** @default that of AWS */
  readonly origin?: string;
}

const NAME = 'Lambda quota';

/** A running video is checked every ten seconds, for 0.3 to 0.4 s. */
const VIDEOS_A_FUNCTION = 25;

/** How many functions the account may run at once: https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html */
export async function checkQuota({
  region,
  credentials,
  signal,
  origin = `https://lambda.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`,
}: QuotaOptions): Promise<Check> {
  try {
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
    const url = `${origin}/2016-08-19/account-settings/`;
    const signer = new AwsV4Signer({
      url,
      accessKeyId,
      secretAccessKey,
      sessionToken,
      service: 'lambda',
      region,
    });
    const { headers } = await signer.sign();
    const response = await fetch(url, { headers, signal });
    if (!response.ok) return skipped(NAME, `not shown to this caller (HTTP ${response.status})`);
    const { AccountLimit } = (await response.json()) as {
      readonly AccountLimit?: { readonly ConcurrentExecutions?: number };
    };
    const limit = Number(AccountLimit?.ConcurrentExecutions);
    if (!(limit > 0)) return skipped(NAME, 'AWS does not report it');
    return ok(NAME, `${limit} functions at once, so some ${limit * VIDEOS_A_FUNCTION} videos at once`);
  } catch (error) {
    signal.throwIfAborted();
    return skipped(NAME, `not known (${(error as Error).message})`);
  }
}
