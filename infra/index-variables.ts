import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { EnvironmentOf } from '../lambdas/core/environment.ts';
import type { Settings } from './settings.ts';

/** The environment of each function that writes or lists the videos in the table. */
export type IndexVariables = Pick<
  EnvironmentOf<'list-videos'>,
  'VIDEO_TABLE' | 'VISIBILITY' | 'LISTED_METADATA'
>;

export function toIndexVariables(
  { tableName }: ITable,
  { visibility, listedMetadata }: Settings,
): IndexVariables {
  return { VIDEO_TABLE: tableName, VISIBILITY: visibility, LISTED_METADATA: listedMetadata.join(',') };
}
