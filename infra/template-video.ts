import { Duration, Lazy } from 'aws-cdk-lib';
import type { IAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import type { ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { FunctionName } from '../lambdas/core/environment.ts';
import { createApiFunctions, createCallbackFunction } from './api-functions.ts';
import { bundlesFor } from './bundles.ts';
import { createCallbackSecret } from './callback-secret.ts';
import { Announcements } from './completion.ts';
import { grantTaskEnds, secretGrant } from './grants.ts';
import { type IndexVariables, toIndexVariables } from './index-variables.ts';
import { Monitoring } from './monitoring.ts';
import { toNamespace, toServiceName } from './naming.ts';
import { addPowertools } from './powertools.ts';
import { InvalidSetting, type Settings, toSettings } from './settings.ts';
import { VideoApi } from './video-api.ts';
import { createVideoBucket } from './video-bucket.ts';
import type { VideoFunction } from './video-function.ts';
import { VideoTable } from './video-table.ts';
import { Workflow } from './workflow.ts';
import { createWorkflowFunctions } from './workflow-functions.ts';

/** Every setting, and the resources that may be given instead of being made. */
export interface TemplateVideoProps extends Partial<Omit<Settings, 'apiKeySecret' | 'retentionDays'>> {
  /** The Secrets Manager secret that holds the MiniMax key, or its name. @default 'minimax/api-key' */
  readonly apiKeySecret?: ISecret | Secret | string;
  /** How long a new `video.mp4` is kept, in whole days. `job.json` stays. @default for ever */
  readonly retention?: Duration;
  /**
   * The bucket of the videos and of callers' images. Its owner then sets what expires (images under `uploads/`, unfinished uploads,
   * videos with `retention`) and the CORS rules for `corsOrigins`.
   * @default a private bucket, encrypted and TLS only, that is kept when the stack is deleted
   */
  readonly bucket?: IBucket | Bucket;
  /**
   * The table of the videos, with the keys and indexes of a `VideoTable`.
   * @default a `VideoTable` of its own
   */
  readonly table?: ITable | Table;
  /** The event bus on which the ends of videos are announced. @default the account's default event bus */
  readonly eventBus?: IEventBus;
  /** The topic of the alarms. @default a topic of its own */
  readonly alarmTopic?: ITopic;
  /** Whether there is an HTTPS API. Without one, Step Functions starts and shows the executions. @default true */
  readonly api?: boolean;
  /**
   * Authorizes callers, instead of IAM. A caller that it admits starts as many videos as the throttle admits. The owner of videos,
   * uploads and keys is the issuer and subject of the token's claims, or the `principalId` of a Lambda authorizer. If it gives all
   * callers the same one, all are one owner, and see and cancel each other's videos.
   * @default as `auth` says
   */
  readonly authorizer?: IAuthorizer;
}

/**
 * Videos from MiniMax templates: the HTTPS API, the workflow, the bucket, their functions, and the monitoring.
 */
export class TemplateVideo extends Construct {
  /** Holds the videos. */
  readonly bucket: IBucket;
  /** Lists the videos. It can be made again from the bucket. */
  readonly table: ITable;
  readonly workflow: Workflow;
  /** There unless `api` is false. */
  readonly api: VideoApi | undefined;
  /** There unless `monitoring` is off. */
  readonly monitoring: Monitoring | undefined;

  /** @throws InvalidSetting that names the property, the given value and what is allowed */
  constructor(scope: Construct, id: string, props: TemplateVideoProps = {}) {
    super(scope, id);
    const { apiKeySecret, retention } = props;
    const isName = typeof apiKeySecret !== 'object';
    const retentionDays = retention?.toDays({ integral: false });
    const settings = toSettings({ ...props, retentionDays, apiKeySecret: isName ? apiKeySecret : undefined });
    requireAgreement(settings, props);
    const bundles = bundlesFor(this);
    const bucket = (props.bucket ?? createVideoBucket(this, settings)) as IBucket;
    const apiKey = isName
      ? Secret.fromSecretNameV2(this, 'ApiKey', settings.apiKeySecret)
      : (apiKeySecret as ISecret);
    const callbackSecret = settings.callbacks ? createCallbackSecret(this) : undefined;
    this.bucket = bucket;
    this.table = (props.table ?? new VideoTable(this, 'Table')) as ITable;
    const indexVariables = toIndexVariables(this.table, settings);
    this.workflow = this.createWorkflow({ settings, bundles, indexVariables, callbackSecret }, apiKey);
    const { announceVideo } = new Announcements(this, 'Announcements', {
      settings,
      bundle: bundles['announce-video'],
      bucket,
      table: this.table,
      indexVariables,
      stateMachine: this.workflow.stateMachine,
      eventBus: props.eventBus ?? EventBus.fromEventBusName(this, 'EventBus', 'default'),
    });
    if (props.api !== false)
      this.api = this.createApi({ settings, bundles, indexVariables, callbackSecret }, props);
    addPowertools(this, settings);
    if (settings.monitoring === 'on') this.monitoring = this.createMonitoring(settings, announceVideo, props);
  }

  private createWorkflow(
    { settings, bundles, indexVariables, callbackSecret }: Parts,
    apiKey: ISecret,
  ): Workflow {
    const functions = createWorkflowFunctions(this, {
      settings,
      bundles,
      bucket: this.bucket,
      table: this.table,
      indexVariables,
      secretId: apiKey.secretFullArn ?? apiKey.secretName,
      readKey: secretGrant(apiKey),
      callbacks: callbackSecret && {
        url: Lazy.string({ produce: () => this.api?.callbackUrlPrefix }),
        secret: callbackSecret,
      },
    });
    const workflow = new Workflow(this, 'Workflow', {
      functions,
      pollSeconds: settings.pollSeconds,
      giveUpAfter: Duration.hours(settings.giveUpAfterHours),
    });
    const { stateMachineArn } = workflow.stateMachine;
    grantTaskEnds(functions.videoFailed, stateMachineArn, [
      'states:SendTaskSuccess',
      'states:SendTaskFailure',
    ]);
    if (functions.waitForCallback !== undefined)
      grantTaskEnds(functions.waitForCallback, stateMachineArn, ['states:SendTaskSuccess']);
    return workflow;
  }

  private createApi(
    { settings, bundles, indexVariables, callbackSecret: secret }: Parts,
    { authorizer }: TemplateVideoProps,
  ): VideoApi {
    const { bucket, table } = this;
    const { stateMachine } = this.workflow;
    return new VideoApi(this, 'Api', {
      name: toServiceName(this),
      functions: createApiFunctions(this, {
        settings,
        bundles,
        bucket,
        table,
        indexVariables,
        stateMachine,
        namespace: settings.namespace ?? toNamespace(this),
      }),
      settings,
      authorizer,
      receiveCallback: secret && createCallbackFunction(this, { bundles, bucket, stateMachine, secret }),
    });
  }

  private createMonitoring(
    { pollSeconds, callbacks, alarmEmail }: Settings,
    announceVideo: VideoFunction<'announce-video'>,
    { alarmTopic }: TemplateVideoProps,
  ): Monitoring {
    return new Monitoring(this, 'Monitoring', {
      service: {
        serviceName: toServiceName(this),
        stateMachine: this.workflow.stateMachine,
        restApi: this.api?.restApi,
        announceVideo,
        table: this.table,
        pollSeconds,
        callbacks,
      },
      topic: alarmTopic,
      email: alarmEmail,
    });
  }
}

interface Parts {
  readonly settings: Settings;
  readonly bundles: Readonly<Record<FunctionName, string>>;
  readonly indexVariables: IndexVariables;
  readonly callbackSecret?: ISecret;
}

/** @throws InvalidSetting for settings that exclude a property */
function requireAgreement({ auth, callbacks }: Settings, { api, authorizer }: TemplateVideoProps): void {
  if (authorizer !== undefined && auth !== 'iam')
    throw new InvalidSetting(`Setting auth is "${auth}"; allowed beside an authorizer is none.`);
  if (callbacks && api === false)
    throw new InvalidSetting(
      'callbacks=true requires the API (api: false was given), because MiniMax calls back through it.',
    );
}
