import { Duration } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { CALLS, type CallName } from '../lambdas/core/api/routes.ts';
import { CALLBACK_ROUTE } from '../lambdas/core/callback.ts';
import type { FunctionName } from '../lambdas/core/environment.ts';
import {
  callbackGrant,
  callbackTokenGrant,
  challengeGrant,
  describeExecutionGrant,
  executionGrant,
  jobGrant,
  listGrant,
  secretGrant,
  uploadGrant,
  videoGrant,
} from './grants.ts';
import type { Settings } from './settings.ts';
import { VideoFunction, type VideoFunctionProps } from './video-function.ts';

/** Less than the 29 seconds of API Gateway, so that a caller who was told of a fault does not hear of a late start. */
const TIMEOUT = Duration.seconds(20);

const CALLBACK_TIMEOUT = Duration.seconds(10);

/** Lambda gives CPU time by memory. A cold start takes about 0.15 s of CPU time, and MiniMax gives up after three seconds. */
const CALLBACK_MEMORY_MEGABYTES = 512;

/** A body of six megabytes, its JSON and the image inside. */
const BODY_MEMORY_MEGABYTES = 512;

export interface ApiFunctionsProps {
  readonly settings: Settings;
  readonly bundles: Readonly<Record<FunctionName, string>>;
  readonly bucket: IBucket;
  readonly stateMachine: StateMachine;
  /** In it, callers' idempotency keys become ids. */
  readonly namespace: string;
}

export interface CallbackFunctionProps extends Omit<ApiFunctionsProps, 'settings' | 'namespace'> {
  /** By which those are known who may ring. */
  readonly secret: ISecret;
}

/** The functions that answer the HTTPS API, by their calls. */
export type ApiFunctions = Readonly<Record<CallName, VideoFunction<FunctionName>>>;

export function createApiFunctions(scope: Construct, props: ApiFunctionsProps): ApiFunctions {
  const { settings, bundles, bucket, stateMachine, namespace: NAMESPACE } = props;
  const STATE_MACHINE_ARN = stateMachine.stateMachineArn;
  const VIDEO_BUCKET = bucket.bucketName;
  const MINIMAX_API_HOST = settings.minimaxHost;
  const POSTS_PER_DAY = settings.auth === 'key' ? String(settings.postsPerDay) : '0';

  const start = { actions: ['states:StartExecution'], resource: STATE_MACHINE_ARN };
  const list = { actions: ['states:ListExecutions'], resource: STATE_MACHINE_ARN };
  const look = executionGrant(stateMachine, ['states:DescribeExecution', 'states:GetExecutionHistory']);
  const stop = executionGrant(stateMachine, ['states:StopExecution']);
  const readJob = jobGrant(bucket, ['s3:GetObject']);
  /** The right to read it goes over to whoever has a link that the function has signed. */
  const linkVideo = videoGrant(bucket, ['s3:GetObject']);
  const listBucket = listGrant(bucket);
  const putUpload = uploadGrant(bucket, ['s3:PutObject']);

  function create<Name extends CallName>(
    id: string,
    name: Name,
    rest: Pick<VideoFunctionProps<Name>, 'environment' | 'grants' | 'memoryMegabytes'>,
  ): VideoFunction<Name> {
    const { method, path } = CALLS[name];
    return new VideoFunction<Name>(scope, id, {
      bundle: bundles[name],
      description: `${method} ${path}`,
      timeout: TIMEOUT,
      ...rest,
    });
  }

  const startVideo = create('StartVideo', 'start-video', {
    environment: { STATE_MACHINE_ARN, VIDEO_BUCKET, MINIMAX_API_HOST, POSTS_PER_DAY, NAMESPACE },
    grants: [
      start,
      look,
      ...(POSTS_PER_DAY === '0' ? [] : [list]),
      readJob,
      linkVideo,
      listBucket,
      putUpload,
    ],
    memoryMegabytes: BODY_MEMORY_MEGABYTES,
  });
  const listVideos = create('ListVideos', 'list-videos', {
    environment: { STATE_MACHINE_ARN, VIDEO_BUCKET },
    grants: [list, describeExecutionGrant(stateMachine), readJob, listBucket],
  });
  const getVideo = create('GetVideo', 'get-video', {
    environment: { STATE_MACHINE_ARN, VIDEO_BUCKET },
    grants: [look, readJob, linkVideo, listBucket],
  });
  const cancelVideo = create('CancelVideo', 'cancel-video', {
    environment: { STATE_MACHINE_ARN, VIDEO_BUCKET },
    grants: [look, stop, jobGrant(bucket, ['s3:GetObject', 's3:PutObject']), listBucket],
  });
  const createUpload = create('CreateUpload', 'create-upload', {
    environment: { VIDEO_BUCKET },
    grants: [putUpload],
  });
  const listTemplates = create('ListTemplates', 'list-templates', { environment: { MINIMAX_API_HOST } });

  return {
    'start-video': startVideo,
    'list-videos': listVideos,
    'get-video': getVideo,
    'cancel-video': cancelVideo,
    'create-upload': createUpload,
    'list-templates': listTemplates,
  };
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
