import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { UPLOAD_PREFIX } from '../lambdas/core/storage-keys.ts';
import { toBucketCorsRules } from './cors.ts';
import { acknowledgeFindings } from './nag.ts';
import { toRetentionRules } from './retention.ts';
import type { Settings } from './settings.ts';

/** Private, encrypted, TLS only, and kept when the stack is deleted. Images and unfinished uploads expire. */
export function createVideoBucket(scope: Construct, settings: Settings): Bucket {
  const { giveUpAfterHours, corsOrigins } = settings;
  const bucket = new Bucket(scope, 'Videos', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    versioned: false,
    removalPolicy: RemovalPolicy.RETAIN,
    cors: toBucketCorsRules(corsOrigins),
    lifecycleRules: [
      { abortIncompleteMultipartUploadAfter: Duration.days(1) },
      { prefix: UPLOAD_PREFIX, expiration: Duration.days(Math.ceil(giveUpAfterHours / 24)) },
      ...toRetentionRules(settings),
    ],
  });
  // Without its policy, a bucket that is kept would accept requests without TLS.
  bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
  acknowledgeFindings(bucket, {
    'AwsSolutions-S1':
      'The owner of the account decides how reads are logged, with CloudTrail data events or a log bucket.',
  });
  return bucket;
}
