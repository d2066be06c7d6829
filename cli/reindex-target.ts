import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { ListRules } from '../lambdas/core/table/entry.ts';
import { createBucket } from '../lambdas/io/aws/bucket.ts';
import { createExecutions } from '../lambdas/io/aws/executions.ts';
import { toListRules } from '../lambdas/io/environment.ts';
import { createJobRecords } from '../lambdas/io/job/job-record.ts';
import { retriedTable } from '../lambdas/io/table/retried-table.ts';
import { createTable, createTableClient } from '../lambdas/io/table/table.ts';
import type { LocalService } from '../local/local-service.ts';
import { functionOf } from '../local/template/deployment.ts';
import type { ReindexTarget } from './run-reindex.ts';

/** Step Functions answers about 15 DescribeExecution a second, and five ListExecutions. The pauses of ten attempts are a minute and more. */
const ATTEMPTS = 10;
/** A page of the table has a megabyte, which may come over a slow line. */
const CALL_MS = 60_000;

/** The parts of a deployed or of the local service. */
export interface ReindexedService {
  readonly bucket: string;
  readonly table: string;
  readonly stateMachineArn: string;
  readonly rules: ListRules;
}

type AwsConfig = Pick<DynamoDBClientConfig, 'region' | 'endpoint' | 'credentials'>;

/** @param aws where the service is. @default as the environment of the AWS CLI says */
export function toReindexTarget(
  service: ReindexedService,
  signal: AbortSignal,
  aws: AwsConfig = {},
): ReindexTarget {
  const config = {
    ...aws,
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: 10_000, socketTimeout: CALL_MS },
  };
  const bucket = createBucket(service.bucket, new S3Client(config));
  const table = createTable(service.table, createTableClient({ ...config, maxAttempts: 1 }), CALL_MS);
  return {
    bucket,
    records: createJobRecords(bucket),
    executions: createExecutions(service.stateMachineArn, new SFNClient(config)),
    table: retriedTable(table, { signal }),
    rules: service.rules,
  };
}

/** The local service, for clients in this process. */
export function toLocalTarget({ deployment, environment }: LocalService, signal: AbortSignal): ReindexTarget {
  const {
    VIDEO_BUCKET: bucket = '',
    VIDEO_TABLE: table = '',
    STATE_MACHINE_ARN: stateMachineArn = '',
    VISIBILITY = '',
    LISTED_METADATA = '',
  } = functionOf(deployment, 'AnnounceVideo').environment;
  const rules = toListRules({ VISIBILITY, LISTED_METADATA });
  return toReindexTarget({ bucket, table, stateMachineArn, rules }, signal, {
    region: environment.AWS_REGION,
    endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
  });
}
