import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { UPLOAD_PREFIX } from '../lambdas/core/storage-keys.ts';
import { toBucketCorsRules } from './cors.ts';
import { acknowledgeFindings } from './nag.ts';
import { toRetentionRules } from './retention.ts';
import type { Settings } from './settings.ts';
import type { TemplateVideoProps } from './template-video-props.ts';

/** How what outlives the stack is kept. */
interface KeptProps {
  readonly removalPolicy: RemovalPolicy;
  /** @default a key of AWS */
  readonly encryptionKey?: IKey;
}

/** A bucket and a table are kept unless the properties say otherwise. */
export function toKept({ removalPolicy, encryptionKey }: TemplateVideoProps): KeptProps {
  const kept = { removalPolicy: removalPolicy ?? RemovalPolicy.RETAIN };
  return encryptionKey === undefined ? kept : { ...kept, encryptionKey: encryptionKey as IKey };
}

/** Private, encrypted, TLS only, and kept when the stack is deleted. Images and unfinished uploads expire. */
export function createVideoBucket(
  scope: Construct,
  settings: Settings,
  { encryptionKey, removalPolicy }: KeptProps,
): Bucket {
  const { giveUpAfterHours, corsOrigins } = settings;
  const bucket = new Bucket(scope, 'Videos', {
    ...(encryptionKey === undefined
      ? { encryption: BucketEncryption.S3_MANAGED }
      : { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    versioned: false,
    removalPolicy,
    cors: toBucketCorsRules(corsOrigins),
    lifecycleRules: [
      { abortIncompleteMultipartUploadAfter: Duration.days(1) },
      { prefix: UPLOAD_PREFIX, expiration: Duration.days(Math.ceil(giveUpAfterHours / 24)) },
      ...toRetentionRules(settings),
    ],
  });
  // Without its policy, a bucket that is kept would accept requests without TLS.
  bucket.policy?.applyRemovalPolicy(removalPolicy);
  acknowledgeFindings(bucket, {
    'AwsSolutions-S1':
      'The owner of the account decides how reads are logged, with CloudTrail data events or a log bucket.',
  });
  return bucket;
}
