import { Duration, Lazy } from 'aws-cdk-lib';
import type { IAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { Policy } from 'aws-cdk-lib/aws-iam';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { FunctionName } from '../lambdas/core/environment.ts';
import { createApiFunctions, createCallbackFunction } from './api-functions.ts';
import { bundlesFor } from './bundling.ts';
import { Announcements } from './completion.ts';
import { secretGrant, toStatement } from './grants.ts';
import { Monitoring } from './monitoring.ts';
import { acknowledgeFindings } from './nag.ts';
import { toNamespace, toServiceName } from './naming.ts';
import { InvalidSetting, type Settings, toSettings } from './settings.ts';
import { VideoApi } from './video-api.ts';
import { createVideoBucket } from './video-bucket.ts';
import { VideoFunction } from './video-function.ts';
import { Workflow } from './workflow.ts';
import { createWorkflowFunctions } from './workflow-functions.ts';

/** Every setting, and what may be brought along instead of being made. */
export interface TemplateVideoProps extends Partial<Omit<Settings, 'apiKeySecret'>> {
  /** The Secrets Manager secret that holds the MiniMax key, or its name. @default 'minimax/api-key' */
  readonly apiKeySecret?: ISecret | Secret | string;
  /**
   * Where videos and callers' images are kept. Images, under `uploads/`, and unfinished uploads are then for you to expire.
   * @default a private bucket, encrypted and TLS only, that is kept when the stack is deleted
   */
  readonly bucket?: IBucket | Bucket;
  /** Where the ends of videos are announced. @default the account's default event bus */
  readonly eventBus?: IEventBus;
  /** Where alarms go. @default a topic of its own */
  readonly alarmTopic?: ITopic;
  /** Whether there is an HTTPS API; without one, executions are started and read. @default true */
  readonly api?: boolean;
  /**
   * Who lets callers in, instead of IAM. Whoever is let in sees and cancels all videos, and starts as many as the throttle
   * lets through.
   * @default as `auth` says
   */
  readonly authorizer?: IAuthorizer;
}

/**
 * Videos from MiniMax templates: the HTTPS trigger, the workflow and the bucket, with the functions in between, and what
 * operators watch it by. Its bundles are made when it is synthesized.
 */
export class TemplateVideo extends Construct {
  /** Where the videos are. */
  readonly bucket: IBucket;
  readonly workflow: Workflow;
  /** There unless `api` is false. */
  readonly api: VideoApi | undefined;
  /** There unless `monitoring` is off. */
  readonly monitoring: Monitoring | undefined;

  /** @throws InvalidSetting that names the property, what was given and what is allowed */
  constructor(scope: Construct, id: string, props: TemplateVideoProps = {}) {
    super(scope, id);
    const { apiKeySecret, authorizer } = props;
    const [secret, secretName] =
      typeof apiKeySecret === 'object' ? [apiKeySecret as ISecret] : [undefined, apiKeySecret];
    const settings = toSettings({ ...props, apiKeySecret: secretName });
    requireOneAccess(settings, authorizer);
    requireApiFor(settings, props);
    const bundles = bundlesFor(this);
    const serviceName = toServiceName(this);

    const bucket = (props.bucket ?? createVideoBucket(this, settings)) as IBucket;
    const apiKey = secret ?? Secret.fromSecretNameV2(this, 'ApiKey', settings.apiKeySecret);
    const callbacks = settings.callbacks ? { secret: createCallbackSecret(this) } : undefined;
    const functions = createWorkflowFunctions(this, {
      settings,
      bundles,
      bucket,
      secretId: apiKey.secretFullArn ?? apiKey.secretName,
      readKey: secretGrant(apiKey),
      callbacks: callbacks && {
        url: Lazy.string({ produce: () => this.api?.callbackUrlPrefix }),
        secret: callbacks.secret,
      },
    });
    this.bucket = bucket;
    this.workflow = new Workflow(this, 'Workflow', {
      functions,
      pollSeconds: settings.pollSeconds,
      giveUpAfter: Duration.hours(settings.giveUpAfterHours),
    });
    const { stateMachine } = this.workflow;
    this.mayEndTasks(functions.videoFailed, ['states:SendTaskSuccess', 'states:SendTaskFailure']);
    this.mayEndTasks(functions.waitForCallback, ['states:SendTaskSuccess']);

    const { announceVideo } = new Announcements(this, 'Announcements', {
      settings,
      bundle: bundles['announce-video'],
      bucket,
      stateMachine,
      eventBus: props.eventBus ?? EventBus.fromEventBusName(this, 'EventBus', 'default'),
    });
    if (props.api !== false)
      this.api = new VideoApi(this, 'Api', {
        name: serviceName,
        functions: createApiFunctions(this, {
          settings,
          bundles,
          bucket,
          stateMachine,
          namespace: settings.namespace ?? toNamespace(this),
        }),
        settings,
        ...(authorizer === undefined ? {} : { authorizer }),
        receiveCallback:
          callbacks && createCallbackFunction(this, { bundles, bucket, stateMachine, ...callbacks }),
      });

    this.addToEnvironments({
      POWERTOOLS_SERVICE_NAME: serviceName,
      ...(settings.monitoring === 'off' ? { POWERTOOLS_METRICS_DISABLED: 'true' } : {}),
    });
    if (settings.monitoring === 'on')
      this.monitoring = new Monitoring(this, 'Monitoring', {
        watched: {
          serviceName,
          stateMachine,
          restApi: this.api?.restApi,
          announceVideo,
          pollSeconds: settings.pollSeconds,
          callbacks: settings.callbacks,
        },
        topic: props.alarmTopic,
        email: settings.alarmEmail,
      });
  }

  /** In a policy of its own: a function's role must not wait for the state machine, which waits for the function. */
  private mayEndTasks(ender: VideoFunction<FunctionName> | undefined, actions: readonly string[]): void {
    if (ender === undefined) return;
    const { node, role } = ender;
    const { stateMachineArn: resource } = this.workflow.stateMachine;
    new Policy(this, `${node.id}RoleCallbackPolicy`, {
      roles: [role],
      statements: [toStatement({ actions, resource })],
    });
  }

  /** What Powertools reads by itself, in every function. */
  private addToEnvironments(variables: Readonly<Record<string, string>>): void {
    const functions = this.node.findAll().filter((child) => child instanceof VideoFunction);
    for (const each of functions)
      for (const [name, value] of Object.entries(variables)) each.addEnvironment(name, value);
  }
}

/** By it, those are known who may ring. */
function createCallbackSecret(scope: Construct): ISecret {
  const secret = new Secret(scope, 'CallbackSecret', {
    description: 'Template Video: who holds it can ring for every video, and have MiniMax asked about it.',
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
  });
  acknowledgeFindings(secret, {
    'AwsSolutions-SMG4': 'Whoever replaces it makes all videos under way wait without their bells.',
  });
  return secret as ISecret;
}

/** @throws InvalidSetting where MiniMax is to call what is not there */
function requireApiFor({ callbacks }: Settings, { api }: TemplateVideoProps): void {
  if (callbacks && api === false)
    throw new InvalidSetting(
      'Setting callbacks is true; allowed without an API is false: there MiniMax would call.',
    );
}

/** @throws InvalidSetting where two are to decide who is let in */
function requireOneAccess({ auth }: Settings, authorizer: IAuthorizer | undefined): void {
  if (authorizer === undefined || auth === 'iam') return;
  throw new InvalidSetting(`Setting auth is "${auth}"; allowed beside an authorizer is none.`);
}
