import { Duration } from 'aws-cdk-lib';
import type { IBucket, LifecycleRule } from 'aws-cdk-lib/aws-s3';
import { RETENTION_TAG, VIDEO_PREFIX } from '../lambdas/core/storage-keys.ts';
import { type Grant, videoGrant } from './grants.ts';
import type { Settings } from './settings.ts';

type Retention = Pick<Settings, 'retentionDays'>;

/** The variable of the functions that tag a file, or say when it was deleted. There only with the setting. */
export function toRetentionVariable({ retentionDays }: Retention): { readonly RETENTION_DAYS?: string } {
  return retentionDays === undefined ? {} : { RETENTION_DAYS: String(retentionDays) };
}

/** What the function that tags a file may do beside. There only with the setting. */
export function toRetentionGrants(bucket: IBucket, { retentionDays }: Retention): readonly Grant[] {
  return retentionDays === undefined ? [] : [videoGrant(bucket, ['s3:PutObjectTagging'])];
}

/** Deletes the files of videos by their tag, and so no job document. There only with the setting. */
export function toRetentionRules({ retentionDays }: Retention): LifecycleRule[] {
  if (retentionDays === undefined) return [];
  const { name, value } = RETENTION_TAG;
  return [{ prefix: VIDEO_PREFIX, tagFilters: { [name]: value }, expiration: Duration.days(retentionDays) }];
}
