import type { S3Client } from '@aws-sdk/client-s3';

const LINK_SECONDS = 3600;

/** How long a link that is signed now is valid. */
export interface LinkLife {
  readonly seconds: number;
  readonly expiresAt: Date;
}

/**
 * A link expires with the credentials that signed it, so it is valid for an hour at most:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
 * Lambda's environment has credentials without their expiry (`AWS_CREDENTIAL_EXPIRATION` is not among its variables). They cannot
 * change while an instance of a function runs, so they outlive it; https://github.com/boto/boto3/issues/2392 reports twelve hours.
 * So the link of a function is valid for an hour.
 */
export async function linkLife(client: Pick<S3Client, 'config'>, now: Date): Promise<LinkLife> {
  const { expiration } = await client.config.credentials();
  const left = expiration === undefined ? LINK_SECONDS : (expiration.getTime() - now.getTime()) / 1000;
  const seconds = Math.max(1, Math.min(LINK_SECONDS, Math.floor(left)));
  return { seconds, expiresAt: new Date(now.getTime() + seconds * 1000) };
}
