import type { S3Client } from '@aws-sdk/client-s3';

const LINK_SECONDS = 3600;

/** How long a link that is signed now can be used. */
export interface LinkLife {
  readonly seconds: number;
  readonly expiresAt: Date;
}

/**
 * A link dies with the credentials that have signed it, so it lives for an hour or as long as they do, whichever ends first:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
 * In Lambda the environment has a role's credentials without their end (`AWS_CREDENTIAL_EXPIRATION` is not among Lambda's variables).
 * They cannot change while an instance of a function runs, so they outlive it; others have seen twelve hours
 * (https://github.com/boto/boto3/issues/2392). There an hour is what is promised.
 */
export async function linkLife(client: Pick<S3Client, 'config'>, now: Date): Promise<LinkLife> {
  const { expiration } = await client.config.credentials();
  const left = expiration === undefined ? LINK_SECONDS : (expiration.getTime() - now.getTime()) / 1000;
  const seconds = Math.max(1, Math.min(LINK_SECONDS, Math.floor(left)));
  return { seconds, expiresAt: new Date(now.getTime() + seconds * 1000) };
}
