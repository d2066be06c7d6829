import { Duration, Lazy } from 'aws-cdk-lib';
import type { IAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { FunctionName } from '../lambdas/core/environment.ts';
import { createApiFunctions, createCallbackFunction } from './api-functions.ts';
import { bundlesFor } from './bundling.ts';
import { Announcements } from './completion.ts';
import { grantTaskEnds, secretGrant } from './grants.ts';
import { Monitoring } from './monitoring.ts';
import { acknowledgeFindings } from './nag.ts';
import { toNamespace, toServiceName } from './naming.ts';
import { InvalidSetting, type Settings, toSettings } from './settings.ts';
import { VideoApi } from './video-api.ts';
import { createVideoBucket } from './video-bucket.ts';
import { VideoFunction } from './video-function.ts';
import { Workflow } from './workflow.ts';
import { createWorkflowFunctions } from './workflow-functions.ts';

/** Every setting, and the resources that may be given instead of being made. */
export interface TemplateVideoProps extends Partial<Omit<Settings, 'apiKeySecret'>> {
  /** The Secrets Manager secret that holds the MiniMax key, or its name. @default 'minimax/api-key' */
  readonly apiKeySecret?: ISecret | Secret | string;
  /**
   * The bucket of the videos and of callers' images. The expiry of images, under `uploads/`, and of unfinished uploads is then
   * for its owner to set.
   * @default a private bucket, encrypted and TLS only, that is kept when the stack is deleted
   */
  readonly bucket?: IBucket | Bucket;
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
 * Videos from MiniMax templates: the HTTPS API, the workflow, the bucket, their functions, and the monitoring. Synthesis bundles the
 * functions, unless the context names finished bundles.
 */
export class TemplateVideo extends Construct {
  /** Holds the videos. */
  readonly bucket: IBucket;
  readonly workflow: Workflow;
  /** There unless `api` is false. */
  readonly api: VideoApi | undefined;
  /** There unless `monitoring` is off. */
  readonly monitoring: Monitoring | undefined;

  /** @throws InvalidSetting that names the property, the given value and what is allowed */
  constructor(scope: Construct, id: string, props: TemplateVideoProps = {}) {
    super(scope, id);
    const { apiKeySecret } = props;
    const isName = typeof apiKeySecret !== 'object';
    const settings = toSettings({ ...props, apiKeySecret: isName ? apiKeySecret : undefined });
    requireOneAuth(settings, props);
    requireApiForCallbacks(settings, props);
    const bundles = bundlesFor(this);
    const bucket = (props.bucket ?? createVideoBucket(this, settings)) as IBucket;
    const apiKey = isName
      ? Secret.fromSecretNameV2(this, 'ApiKey', settings.apiKeySecret)
      : (apiKeySecret as ISecret);
    const callbackSecret = settings.callbacks ? createCallbackSecret(this) : undefined;

    this.bucket = bucket;
    this.workflow = this.createWorkflow({ settings, bundles, callbackSecret }, apiKey);
    const { announceVideo } = new Announcements(this, 'Announcements', {
      settings,
      bundle: bundles['announce-video'],
      bucket,
      stateMachine: this.workflow.stateMachine,
      eventBus: props.eventBus ?? EventBus.fromEventBusName(this, 'EventBus', 'default'),
    });
    if (props.api !== false) this.api = this.createApi({ settings, bundles, callbackSecret }, props);
    this.addPowertools(settings);
    if (settings.monitoring === 'on') this.monitoring = this.createMonitoring(settings, announceVideo, props);
  }

  private createWorkflow({ settings, bundles, callbackSecret }: Parts, apiKey: ISecret): Workflow {
    const functions = createWorkflowFunctions(this, {
      settings,
      bundles,
      bucket: this.bucket,
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
    { settings, bundles, callbackSecret: secret }: Parts,
    { authorizer }: TemplateVideoProps,
  ): VideoApi {
    const { bucket } = this;
    const { stateMachine } = this.workflow;
    const namespace = settings.namespace ?? toNamespace(this);
    return new VideoApi(this, 'Api', {
      name: toServiceName(this),
      functions: createApiFunctions(this, { settings, bundles, bucket, stateMachine, namespace }),
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
        pollSeconds,
        callbacks,
      },
      topic: alarmTopic,
      email: alarmEmail,
    });
  }

  /** The variables that Powertools reads by itself, in every function. */
  private addPowertools({ monitoring }: Settings): void {
    for (const each of this.node.findAll().filter((child) => child instanceof VideoFunction)) {
      each.addEnvironment('POWERTOOLS_SERVICE_NAME', toServiceName(this));
      if (monitoring === 'off') each.addEnvironment('POWERTOOLS_METRICS_DISABLED', 'true');
    }
  }
}

interface Parts {
  readonly settings: Settings;
  readonly bundles: Readonly<Record<FunctionName, string>>;
  readonly callbackSecret?: ISecret;
}

/** The tokens of callback addresses are made from it. */
function createCallbackSecret(scope: Construct): ISecret {
  const secret = new Secret(scope, 'CallbackSecret', {
    description: 'Template Video: its holder can send a callback for every video, which has MiniMax queried.',
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
  });
  acknowledgeFindings(secret, {
    'AwsSolutions-SMG4': 'A rotation invalidates the callback addresses of all running videos.',
  });
  return secret as ISecret;
}

/** @throws InvalidSetting */
function requireApiForCallbacks({ callbacks }: Settings, { api }: TemplateVideoProps): void {
  if (callbacks && api === false)
    throw new InvalidSetting(
      'callbacks=true requires the API (api: false was given), because MiniMax calls back through it.',
    );
}

/** @throws InvalidSetting where both an API key and an authorizer are asked for */
function requireOneAuth({ auth }: Settings, { authorizer }: TemplateVideoProps): void {
  if (authorizer === undefined || auth === 'iam') return;
  throw new InvalidSetting(`Setting auth is "${auth}"; allowed beside an authorizer is none.`);
}
