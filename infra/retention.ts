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

/** Deletes the files of videos by their tag, and so no job document. There only with the setting. */
export function toRetentionRules({ retentionDays }: Retention): LifecycleRule[] {
  if (retentionDays === undefined) return [];
  const { name, value } = RETENTION_TAG;
  return [{ prefix: VIDEO_PREFIX, tagFilters: { [name]: value }, expiration: Duration.days(retentionDays) }];
}

/** Lets the copy read and store the file of a video, and tag it where it expires. */
export function videoFileGrant(bucket: IBucket, { retentionDays }: Retention): Grant {
  const tagging = retentionDays === undefined ? [] : ['s3:PutObjectTagging'];
  return videoGrant(bucket, ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', ...tagging]);
}
