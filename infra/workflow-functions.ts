import { Duration } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { FunctionName } from '../lambdas/core/environment.ts';
import {
  callbackGrant,
  callbackTokenGrant,
  challengeGrant,
  checkpointGrant,
  type Grant,
  jobGrant,
  listGrant,
  secretGrant,
  uploadGrant,
  videoGrant,
} from './grants.ts';
import type { Settings } from './settings.ts';
import { VideoFunction } from './video-function.ts';

/** A little longer than a create may take, after which it must have been written down. */
const RECORD_WAIT_SECONDS = '105';

/** How far two queries about a task are apart at least, however often somebody rings. */
const QUERY_PAUSE_SECONDS = '5';

export interface WorkflowFunctionsProps {
  readonly settings: Settings;
  readonly bundles: Readonly<Record<FunctionName, string>>;
  readonly bucket: IBucket;
  /** The name or the ARN of the secret with MiniMax's key. */
  readonly secretId: string;
  /** To read it. */
  readonly readKey: Grant;
  /** Where MiniMax is to ring. @default nowhere */
  readonly callbacks: CallbackAccess | undefined;
}

export interface CallbackAccess {
  /** As in `https://…/prod/callbacks`. */
  readonly url: string;
  /** The secret by which those are known who may ring. */
  readonly secret: ISecret;
}

/** The functions that are the steps of the workflow. */
export function createWorkflowFunctions(scope: Construct, props: WorkflowFunctionsProps) {
  const { settings, bundles, bucket, secretId, readKey, callbacks } = props;
  const VIDEO_BUCKET = bucket.bucketName;
  const TRUSTED_DOWNLOAD_ORIGINS = settings.trustedDownloadOrigins.join(',');
  const waiting = {
    FIRST_WAIT_SECONDS: String(settings.firstWaitSeconds),
    POLL_SECONDS: String(settings.pollSeconds),
    GIVE_UP_AFTER_SECONDS: String(Duration.hours(settings.giveUpAfterHours).toSeconds()),
  };
  const minimax = { MINIMAX_API_HOST: settings.minimaxHost, MINIMAX_KEY_SECRET: secretId };
  const useJob = jobGrant(bucket, ['s3:GetObject', 's3:PutObject']);
  const list = listGrant(bucket);

  return {
    submitTask: new VideoFunction<'submit-task'>(scope, 'SubmitTask', {
      bundle: bundles['submit-task'],
      description: 'Sends the one create call of a video to MiniMax.',
      environment: {
        ...minimax,
        ...waiting,
        MINIMAX_TIMEOUT_SECONDS: '100',
        VIDEO_BUCKET,
        RECORD_WAIT_SECONDS,
        TRUSTED_DOWNLOAD_ORIGINS,
        CALLBACK_URL: callbacks?.url ?? '',
        CALLBACK_SECRET: callbacks?.secret.secretArn ?? '',
      },
      grants: [
        readKey,
        uploadGrant(bucket, ['s3:GetObject']),
        useJob,
        list,
        ...(callbacks === undefined
          ? []
          : [secretGrant(callbacks.secret), challengeGrant(bucket, ['s3:GetObject'])]),
      ],
      // The claim, the images, the key, the mark and the create, each with all the time that it may take.
      timeout: Duration.seconds(150),
      memoryMegabytes: 512,
    }),
    adoptTask: new VideoFunction<'adopt-task'>(scope, 'AdoptTask', {
      bundle: bundles['adopt-task'],
      description: 'Takes up a task that MiniMax has already.',
      environment: { VIDEO_BUCKET },
      grants: [useJob, list],
    }),
    checkTask: new VideoFunction<'check-task'>(scope, 'CheckTask', {
      bundle: bundles['check-task'],
      description: 'Asks MiniMax once how a task is doing.',
      environment: {
        ...minimax,
        ...waiting,
        MINIMAX_TIMEOUT_SECONDS: '30',
        VIDEO_BUCKET,
        QUERY_PAUSE_SECONDS,
      },
      grants: [
        readKey,
        ...(callbacks === undefined
          ? []
          : [callbackGrant(bucket, ['s3:DeleteObject']), callbackTokenGrant(bucket, ['s3:DeleteObject'])]),
      ],
      timeout: Duration.minutes(1),
    }),
    copyVideo: new VideoFunction<'copy-video'>(scope, 'CopyVideo', {
      bundle: bundles['copy-video'],
      description: 'Streams a finished video from MiniMax into the bucket.',
      environment: {
        ...minimax,
        MINIMAX_TIMEOUT_SECONDS: '30',
        VIDEO_BUCKET,
        TRUSTED_DOWNLOAD_ORIGINS,
        DOWNLOAD_IDLE_SECONDS: '30',
        DOWNLOAD_PAUSE_SECONDS: '0.5',
        QUERY_PAUSE_SECONDS,
        MAX_VIDEO_MEGABYTES: String(settings.maxVideoMegabytes),
        CHECKPOINT_SECONDS: '60',
      },
      grants: [
        readKey,
        useJob,
        videoGrant(bucket, ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload']),
        list,
        checkpointGrant(bucket, ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']),
        { actions: ['s3:ListBucketMultipartUploads'], resource: bucket.bucketArn },
      ],
      timeout: Duration.minutes(15),
      memoryMegabytes: 512,
    }),
    recordFailure: new VideoFunction<'record-failure'>(scope, 'RecordFailure', {
      bundle: bundles['record-failure'],
      description: 'Names a failure and writes it down.',
      environment: { VIDEO_BUCKET, RECORD_WAIT_SECONDS },
      grants: [useJob, list],
      timeout: Duration.minutes(2),
    }),
    videoFailed: new VideoFunction<'video-failed'>(scope, 'VideoFailed', {
      bundle: bundles['video-failed'],
      description: 'Ends an execution with its failure, or lets it go on when it is redriven.',
      environment: { VIDEO_BUCKET },
      grants: [jobGrant(bucket, ['s3:GetObject']), list],
    }),
    ...(callbacks === undefined ? {} : { waitForCallback: createWaitFunction(scope, props) }),
  } as const;
}

/** There only with callbacks. Its given to end waits needs the state machine, and is given by the construct. */
function createWaitFunction(
  scope: Construct,
  { bundles, bucket }: Pick<WorkflowFunctionsProps, 'bundles' | 'bucket'>,
): VideoFunction<'wait-for-callback'> {
  return new VideoFunction<'wait-for-callback'>(scope, 'WaitForCallback', {
    bundle: bundles['wait-for-callback'],
    description: 'Keeps the task token of a wait for whoever receives a callback.',
    environment: { VIDEO_BUCKET: bucket.bucketName },
    grants: [
      callbackTokenGrant(bucket, ['s3:PutObject']),
      callbackGrant(bucket, ['s3:GetObject']),
      listGrant(bucket),
    ],
  });
}
