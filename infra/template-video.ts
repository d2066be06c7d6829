import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Policy } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { FunctionName } from '../lambdas/core/function-environment.ts';
import { acknowledge, acknowledgePrefix } from './acknowledge.ts';
import { createApiFunctions } from './api-functions.ts';
import type { Settings } from './settings.ts';
import { VideoApi } from './video-api.ts';
import { may, VideoFunction } from './video-function.ts';
import { Workflow } from './workflow.ts';

export interface TemplateVideoProps {
  readonly settings: Settings;
  /** The folder of each function's bundle. */
  readonly bundles: Readonly<Record<FunctionName, string>>;
}

/** A little longer than a create may take, after which it must have been written down. */
const RECORD_WAIT_SECONDS = '105';

/** Videos from MiniMax templates: the trigger, the workflow and the bucket, with the functions in between. */
export class TemplateVideo extends Construct {
  readonly bucket: Bucket;
  readonly workflow: Workflow;
  readonly api: VideoApi;

  constructor(scope: Construct, id: string, { settings, bundles }: TemplateVideoProps) {
    super(scope, id);
    const giveUpAfter = Duration.hours(settings.giveUpAfterHours);

    this.bucket = new Bucket(this, 'Videos', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: false,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
        { prefix: 'uploads/', expiration: Duration.days(Math.ceil(settings.giveUpAfterHours / 24)) },
      ],
    });
    acknowledge(this.bucket, {
      'AwsSolutions-S1':
        'Who fetched a video is for the owner of the account to log, with CloudTrail data events or a log bucket.',
    });

    const apiKey = Secret.fromSecretNameV2(this, 'ApiKey', settings.apiKeySecret);
    const waiting = {
      FIRST_WAIT_SECONDS: String(settings.firstWaitSeconds),
      POLL_SECONDS: String(settings.pollSeconds),
      GIVE_UP_AFTER_SECONDS: String(giveUpAfter.toSeconds()),
    };
    const minimax = { MINIMAX_API_HOST: settings.minimaxHost, MINIMAX_KEY_SECRET: settings.apiKeySecret };
    const readKey = may(['secretsmanager:GetSecretValue'], `${apiKey.secretArn}-??????`);
    const readVideo = may(['s3:GetObject'], this.bucket.arnForObjects('videos/*'));
    const putVideo = may(['s3:PutObject'], this.bucket.arnForObjects('videos/*'));

    const submitTask = new VideoFunction<'submit-task'>(this, 'SubmitTask', {
      bundle: bundles['submit-task'],
      description: 'Sends the one create call of a video to MiniMax.',
      environment: {
        ...minimax,
        ...waiting,
        MINIMAX_TIMEOUT_SECONDS: '100',
        VIDEO_BUCKET: this.bucket.bucketName,
        RECORD_WAIT_SECONDS,
        TRUSTED_DOWNLOAD_ORIGINS: settings.trustedDownloadOrigins.join(','),
      },
      may: [readKey, may(['s3:GetObject'], this.bucket.arnForObjects('uploads/*')), putVideo, readVideo],
      timeout: Duration.minutes(2),
      memoryMegabytes: 512,
    });
    const adoptTask = new VideoFunction<'adopt-task'>(this, 'AdoptTask', {
      bundle: bundles['adopt-task'],
      description: 'Takes up a task that MiniMax has already.',
      environment: {},
    });
    const checkTask = new VideoFunction<'check-task'>(this, 'CheckTask', {
      bundle: bundles['check-task'],
      description: 'Asks MiniMax once how a task is doing.',
      environment: { ...minimax, ...waiting, MINIMAX_TIMEOUT_SECONDS: '30' },
      may: [readKey],
      timeout: Duration.minutes(1),
    });
    const copyVideo = new VideoFunction<'copy-video'>(this, 'CopyVideo', {
      bundle: bundles['copy-video'],
      description: 'Streams a finished video from MiniMax into the bucket.',
      environment: {
        ...minimax,
        MINIMAX_TIMEOUT_SECONDS: '30',
        VIDEO_BUCKET: this.bucket.bucketName,
        TRUSTED_DOWNLOAD_ORIGINS: settings.trustedDownloadOrigins.join(','),
        DOWNLOAD_IDLE_SECONDS: '30',
        DOWNLOAD_PAUSE_SECONDS: '0.5',
        MAX_VIDEO_MEGABYTES: String(settings.maxVideoMegabytes),
      },
      may: [
        readKey,
        readVideo,
        putVideo,
        may(['s3:AbortMultipartUpload'], this.bucket.arnForObjects('videos/*')),
        may(['s3:ListBucketMultipartUploads'], this.bucket.bucketArn),
      ],
      timeout: Duration.minutes(15),
      memoryMegabytes: 512,
    });
    const recordFailure = new VideoFunction<'record-failure'>(this, 'RecordFailure', {
      bundle: bundles['record-failure'],
      description: 'Names a failure and writes it down.',
      environment: { VIDEO_BUCKET: this.bucket.bucketName, RECORD_WAIT_SECONDS },
      may: [putVideo, readVideo],
      timeout: Duration.minutes(2),
    });
    const videoFailed = new VideoFunction<'video-failed'>(this, 'VideoFailed', {
      bundle: bundles['video-failed'],
      description: 'Ends an execution with its failure, or lets it go on when it is redriven.',
      environment: { VIDEO_BUCKET: this.bucket.bucketName },
      may: [readVideo],
    });

    this.workflow = new Workflow(this, 'Workflow', {
      functions: { submitTask, adoptTask, checkTask, copyVideo, recordFailure, videoFailed },
      pollSeconds: settings.pollSeconds,
      giveUpAfter,
    });
    const { stateMachine } = this.workflow;
    // In a policy of its own: the function's role must not wait for the state machine, which waits for the function.
    new Policy(this, 'VideoFailedRoleCallbackPolicy', {
      roles: [videoFailed.role],
      statements: [may(['states:SendTaskSuccess', 'states:SendTaskFailure'], stateMachine.stateMachineArn)],
    });

    const functions = createApiFunctions(this, { settings, bundles, bucket: this.bucket, stateMachine });
    this.api = new VideoApi(this, 'Api', { functions, settings });

    for (const { role } of [submitTask, copyVideo, recordFailure, videoFailed])
      acknowledgePrefix(role, this.bucket, 'videos');
    acknowledgePrefix(submitTask.role, this.bucket, 'uploads');
  }
}
