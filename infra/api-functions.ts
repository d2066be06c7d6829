import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { CALLS, type CallName } from '../lambdas/core/api/routes.ts';
import { CALLBACK_ROUTE } from '../lambdas/core/callback.ts';
import type { FunctionName } from '../lambdas/core/environment.ts';
import { LIST_INDEXES, type ListIndex, TASK_INDEX } from '../lambdas/core/table/layout.ts';
import {
  callbackGrant,
  callbackTokenGrant,
  challengeGrant,
  executionGrant,
  indexGrant,
  itemGrant,
  jobGrant,
  listGrant,
  secretGrant,
  uploadGrant,
  videoGrant,
} from './grants.ts';
import type { IndexVariables } from './index-variables.ts';
import { toRetentionVariable } from './retention.ts';
import type { Settings } from './settings.ts';
import { VideoFunction, type VideoFunctionProps } from './video-function.ts';

/** Must stay below API Gateway's 29 s limit. Otherwise the caller gets a 504 while the function still starts the execution. */
const TIMEOUT = Duration.seconds(20);

const CALLBACK_TIMEOUT = Duration.seconds(10);

/** Lambda gives CPU time by memory. A cold start takes about 0.15 s of CPU time, and MiniMax gives up after three seconds. */
const CALLBACK_MEMORY_MEGABYTES = 512;

/** For a body of six megabytes, its parsed JSON and the image inside. */
const BODY_MEMORY_MEGABYTES = 512;

/** For a hundred events of 256 KiB, as text and as JSON. */
const HISTORY_MEMORY_MEGABYTES = 512;

/** Lambda gives CPU time by memory, and 100,000 videos have to be read within the timeout. */
const USAGE_MEMORY_MEGABYTES = 1024;

export interface ApiFunctionsProps {
  readonly settings: Settings;
  readonly bundles: Readonly<Record<FunctionName, string>>;
  readonly bucket: IBucket;
  readonly table: ITable;
  readonly stateMachine: StateMachine;
  /** What a function that writes or lists videos in the table needs to know. */
  readonly indexVariables: IndexVariables;
  /** Callers' idempotency keys become ids within this namespace. */
  readonly namespace: string;
}

export interface CallbackFunctionProps
  extends Omit<ApiFunctionsProps, 'settings' | 'namespace' | 'table' | 'indexVariables'> {
  /** The secret from which the tokens of callback addresses are made. */
  readonly secret: ISecret;
}

/** The functions that answer the HTTPS API, by their calls. */
export type ApiFunctions = Readonly<Record<CallName, VideoFunction<FunctionName>>>;

/** It is long because it shows the environment of each function beside its grants. */
export function createApiFunctions(scope: Construct, props: ApiFunctionsProps): ApiFunctions {
  const { settings, bundles, bucket, stateMachine, indexVariables, namespace: NAMESPACE } = props;
  const STATE_MACHINE_ARN = stateMachine.stateMachineArn;
  const VIDEO_BUCKET = bucket.bucketName;
  const MINIMAX_API_HOST = settings.minimaxHost;
  const VISIBILITY = settings.visibility;
  const POSTS_PER_DAY = settings.auth === 'key' ? String(settings.postsPerDay) : '0';
  const { corsOrigins } = settings;
  const cors = corsOrigins.length === 0 ? {} : { CORS_ORIGINS: corsOrigins.join(',') };
  const retention = toRetentionVariable(settings);
  const {
    start,
    describe,
    describeStateMachine,
    stop,
    readJob,
    writeJob,
    readVideo,
    putUpload,
    listBucket,
    ...table
  } = toGrants(props);

  function create<Name extends CallName>(
    id: string,
    name: Name,
    rest: Pick<VideoFunctionProps<Name>, 'environment' | 'grants' | 'memoryMegabytes'>,
  ): VideoFunction<Name> {
    const { method, path } = CALLS[name];
    return new VideoFunction(scope, id, {
      bundle: bundles[name],
      description: `${method} ${path}`,
      timeout: TIMEOUT,
      ...rest,
      environment: { ...rest.environment, ...cors },
    });
  }

  return {
    'start-video': create('StartVideo', 'start-video', {
      environment: {
        STATE_MACHINE_ARN,
        VIDEO_BUCKET,
        MINIMAX_API_HOST,
        POSTS_PER_DAY,
        NAMESPACE,
        ...indexVariables,
        ...retention,
      },
      grants: [
        start,
        describe,
        readJob,
        readVideo,
        listBucket,
        putUpload,
        table.writeVideo,
        ...(settings.auth === 'key' ? [table.countStarts] : []),
        ...(settings.visibility === 'owner' ? [table.findTask, table.claimTask] : []),
      ],
      memoryMegabytes: BODY_MEMORY_MEGABYTES,
    }),
    'list-videos': create('ListVideos', 'list-videos', {
      environment: { VIDEO_BUCKET, MINIMAX_API_HOST, ...indexVariables },
      grants: table.listVideos,
    }),
    'get-usage': create('GetUsage', 'get-usage', {
      environment: { MINIMAX_API_HOST, ...indexVariables },
      grants: [table.listNewest],
      memoryMegabytes: USAGE_MEMORY_MEGABYTES,
    }),
    'get-video': create('GetVideo', 'get-video', {
      environment: { STATE_MACHINE_ARN, VIDEO_BUCKET, VISIBILITY, ...retention },
      grants: [describe, readJob, readVideo, listBucket],
    }),
    'get-history': create('GetHistory', 'get-history', {
      environment: { STATE_MACHINE_ARN, VIDEO_BUCKET, VISIBILITY },
      grants: [describe, readJob, listBucket],
      memoryMegabytes: HISTORY_MEMORY_MEGABYTES,
    }),
    'get-workflow': create('GetWorkflow', 'get-workflow', {
      environment: { STATE_MACHINE_ARN },
      grants: [describeStateMachine],
    }),
    'cancel-video': create('CancelVideo', 'cancel-video', {
      environment: { STATE_MACHINE_ARN, VIDEO_BUCKET, ...indexVariables },
      grants: [describe, stop, writeJob, listBucket, table.writeVideo],
    }),
    'create-upload': create('CreateUpload', 'create-upload', {
      environment: { VIDEO_BUCKET },
      grants: [putUpload],
    }),
    'list-templates': create('ListTemplates', 'list-templates', { environment: { MINIMAX_API_HOST } }),
  };
}

function toGrants({ bucket, stateMachine, table }: ApiFunctionsProps) {
  const { stateMachineArn: resource } = stateMachine;
  return {
    start: { actions: ['states:StartExecution'], resource },
    describe: executionGrant(stateMachine, ['states:DescribeExecution', 'states:GetExecutionHistory']),
    describeStateMachine: { actions: ['states:DescribeStateMachine'], resource },
    stop: executionGrant(stateMachine, ['states:StopExecution']),
    readJob: jobGrant(bucket, ['s3:GetObject']),
    writeJob: jobGrant(bucket, ['s3:GetObject', 's3:PutObject']),
    /** A signed link gives its bearer the right of the function that signed it. */
    readVideo: videoGrant(bucket, ['s3:GetObject']),
    putUpload: uploadGrant(bucket, ['s3:PutObject']),
    listBucket: listGrant(bucket),
    writeVideo: itemGrant(table, 'video', ['dynamodb:UpdateItem']),
    countStarts: itemGrant(table, 'starts', ['dynamodb:GetItem', 'dynamodb:UpdateItem']),
    findTask: indexGrant(table, TASK_INDEX.name),
    claimTask: itemGrant(table, 'task', ['dynamodb:PutItem']),
    listNewest: indexGrant(table, 'newest'),
    listVideos: (Object.keys(LIST_INDEXES) as ListIndex[]).map((index) => indexGrant(table, index)),
  } as const;
}

/** The function that MiniMax calls. */
export function createCallbackFunction(
  scope: Construct,
  props: CallbackFunctionProps,
): VideoFunction<'receive-callback'> {
  const { bundles, bucket, stateMachine, secret } = props;
  return new VideoFunction<'receive-callback'>(scope, 'ReceiveCallback', {
    bundle: bundles['receive-callback'],
    description: `${CALLBACK_ROUTE.method} ${CALLBACK_ROUTE.path}`,
    timeout: CALLBACK_TIMEOUT,
    memoryMegabytes: CALLBACK_MEMORY_MEGABYTES,
    environment: { VIDEO_BUCKET: bucket.bucketName, CALLBACK_SECRET: secret.secretArn },
    grants: [
      secretGrant(secret),
      jobGrant(bucket, ['s3:GetObject']),
      callbackTokenGrant(bucket, ['s3:GetObject']),
      callbackGrant(bucket, ['s3:PutObject']),
      listGrant(bucket),
      challengeGrant(bucket, ['s3:PutObject']),
      { actions: ['states:SendTaskSuccess'], resource: stateMachine.stateMachineArn },
    ],
  });
}
