/* Longer than others, because it shows the environment of each function beside its grants. */
import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Bundles } from './bundle-folders.ts';
import type { CallbackAccess } from './callback-secret.ts';
import type { FunctionNetwork } from './function-network.ts';
import {
  callbackGrant,
  callbackTokenGrant,
  challengeGrant,
  checkpointGrant,
  type Grant,
  itemGrant,
  jobGrant,
  listGrant,
  secretGrant,
  uploadGrant,
} from './grants.ts';
import type { IndexVariables } from './index-variables.ts';
import { toRetentionVariable, videoFileGrant } from './retention.ts';
import type { Settings } from './settings.ts';
import { VideoFunction } from './video-function.ts';

/** A little longer than a create may take. After it, the create's task is in the job document. */
const RECORD_WAIT_SECONDS = '105';

/** The least pause between two queries about a task, however often MiniMax calls back. */
const QUERY_PAUSE_SECONDS = '5';

export interface WorkflowFunctionsProps {
  readonly settings: Settings;
  readonly bundles: Bundles;
  readonly bucket: IBucket;
  readonly table: ITable;
  readonly indexVariables: IndexVariables;
  /** The name or the ARN of the secret with MiniMax's key. */
  readonly secretId: string;
  /** Reads that secret. */
  readonly readKey: Grant;
  /** Where the functions run that call MiniMax or the hosts of files. */
  readonly network: FunctionNetwork;
  /** Where MiniMax calls back. @default nowhere: tasks are polled only */
  readonly callbacks?: CallbackAccess;
}

/** The functions that are the steps of the workflow. */
export function createWorkflowFunctions(scope: Construct, props: WorkflowFunctionsProps) {
  const parts = { ...props, ...toParts(props) };
  return {
    submitTask: createSubmitTask(scope, parts),
    adoptTask: createAdoptTask(scope, parts),
    checkTask: createCheckTask(scope, parts),
    copyVideo: createCopyVideo(scope, parts),
    recordFailure: createRecordFailure(scope, parts),
    videoFailed: createVideoFailed(scope, parts),
    waitForCallback: props.callbacks && createWaitForCallback(scope, parts),
  } as const;
}

type Parts = WorkflowFunctionsProps & ReturnType<typeof toParts>;

/** What several functions have in common. */
function toParts({ settings, bucket, table, secretId }: WorkflowFunctionsProps) {
  return {
    VIDEO_BUCKET: bucket.bucketName,
    TRUSTED_DOWNLOAD_ORIGINS: settings.trustedDownloadOrigins.join(','),
    minimax: { MINIMAX_API_HOST: settings.minimaxHost, MINIMAX_KEY_SECRET: secretId },
    waiting: {
      FIRST_WAIT_SECONDS: String(settings.firstWaitSeconds),
      POLL_SECONDS: String(settings.pollSeconds),
      GIVE_UP_AFTER_SECONDS: String(Duration.hours(settings.giveUpAfterHours).toSeconds()),
    },
    writeJob: jobGrant(bucket, ['s3:GetObject', 's3:PutObject']),
    list: listGrant(bucket),
    writeVideo: itemGrant(table, 'video', ['dynamodb:UpdateItem']),
  } as const;
}

function createSubmitTask(scope: Construct, parts: Parts) {
  const { bundles, bucket, minimax, waiting, VIDEO_BUCKET, TRUSTED_DOWNLOAD_ORIGINS, network } = parts;
  const { callbacks, readKey, writeJob, list, writeVideo, indexVariables } = parts;
  const forCallbacks =
    callbacks === undefined ? [] : [secretGrant(callbacks.secret), challengeGrant(bucket, ['s3:GetObject'])];
  return new VideoFunction<'submit-task'>(scope, 'SubmitTask', {
    bundle: bundles['submit-task'],
    description: 'Sends the one create call of a video to MiniMax.',
    environment: {
      ...minimax,
      ...waiting,
      // Three times that of a query: an unanswered create may have been paid for and is never sent again.
      MINIMAX_TIMEOUT_SECONDS: '100',
      VIDEO_BUCKET,
      RECORD_WAIT_SECONDS,
      TRUSTED_DOWNLOAD_ORIGINS,
      CALLBACK_URL: callbacks?.url ?? '',
      CALLBACK_SECRET: callbacks?.secret.secretArn ?? '',
      ...indexVariables,
    },
    grants: [readKey, uploadGrant(bucket, ['s3:GetObject']), writeJob, list, writeVideo, ...forCallbacks],
    network,
    // The sum of the claim, the images, the key, the challenge and the create, each with its own limit.
    timeout: Duration.seconds(150),
    memoryMegabytes: 512,
  });
}

function createAdoptTask(scope: Construct, parts: Parts) {
  const { bundles, VIDEO_BUCKET, writeJob, list, writeVideo, indexVariables } = parts;
  return new VideoFunction<'adopt-task'>(scope, 'AdoptTask', {
    bundle: bundles['adopt-task'],
    description: 'Follows a task that exists already.',
    environment: { VIDEO_BUCKET, ...indexVariables },
    grants: [writeJob, list, writeVideo],
  });
}

function createCheckTask(scope: Construct, parts: Parts) {
  const { bundles, bucket, minimax, waiting, VIDEO_BUCKET, callbacks, readKey, network } = parts;
  const forCallbacks =
    callbacks === undefined
      ? []
      : [callbackGrant(bucket, ['s3:DeleteObject']), callbackTokenGrant(bucket, ['s3:DeleteObject'])];
  return new VideoFunction<'check-task'>(scope, 'CheckTask', {
    bundle: bundles['check-task'],
    description: 'Asks MiniMax once for the status of a task.',
    environment: { ...minimax, ...waiting, MINIMAX_TIMEOUT_SECONDS: '30', VIDEO_BUCKET, QUERY_PAUSE_SECONDS },
    grants: [readKey, ...forCallbacks],
    network,
    timeout: Duration.minutes(1),
  });
}

function createCopyVideo(scope: Construct, parts: Parts) {
  const { settings, bundles, bucket, minimax, VIDEO_BUCKET, TRUSTED_DOWNLOAD_ORIGINS } = parts;
  const { readKey, writeJob, list, network } = parts;
  return new VideoFunction<'copy-video'>(scope, 'CopyVideo', {
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
      ...toRetentionVariable(settings),
    },
    grants: [
      readKey,
      writeJob,
      videoFileGrant(bucket, settings),
      list,
      checkpointGrant(bucket, ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']),
      { actions: ['s3:ListBucketMultipartUploads'], resource: bucket.bucketArn },
    ],
    network,
    timeout: Duration.minutes(15),
    memoryMegabytes: 512,
  });
}

function createRecordFailure(scope: Construct, { bundles, VIDEO_BUCKET, writeJob, list }: Parts) {
  return new VideoFunction<'record-failure'>(scope, 'RecordFailure', {
    bundle: bundles['record-failure'],
    description: 'Names a failure and records it.',
    environment: { VIDEO_BUCKET, RECORD_WAIT_SECONDS },
    grants: [writeJob, list],
    timeout: Duration.minutes(2),
  });
}

function createVideoFailed(scope: Construct, { bundles, bucket, VIDEO_BUCKET, list }: Parts) {
  return new VideoFunction<'video-failed'>(scope, 'VideoFailed', {
    bundle: bundles['video-failed'],
    description: 'Ends an execution with its failure, or lets it continue after a redrive.',
    environment: { VIDEO_BUCKET },
    grants: [jobGrant(bucket, ['s3:GetObject']), list],
  });
}

/** Only with callbacks. The construct grants the right to end waits, because that needs the state machine. */
function createWaitForCallback(scope: Construct, { bundles, bucket, VIDEO_BUCKET, list }: Parts) {
  return new VideoFunction<'wait-for-callback'>(scope, 'WaitForCallback', {
    bundle: bundles['wait-for-callback'],
    description: 'Stores the task token of a wait, so that a callback can end it.',
    environment: { VIDEO_BUCKET },
    grants: [callbackTokenGrant(bucket, ['s3:PutObject']), callbackGrant(bucket, ['s3:GetObject']), list],
  });
}
