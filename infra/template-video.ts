import { Lazy } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { type ApiFunctionsProps, createApiFunctions, createCallbackFunction } from './api-functions.ts';
import { bundlesFor } from './bundles.ts';
import { createCallbackSecret } from './callback-secret.ts';
import { Announcements } from './completion.ts';
import { ImportedTemplateVideo, type TemplateVideoAttributes } from './imported-template-video.ts';
import { toIndexVariables } from './index-variables.ts';
import { applyLogRetention } from './log-retention.ts';
import { Monitoring } from './monitoring.ts';
import { toNamespace, toServiceName } from './naming.ts';
import { addOutputs, toOutputPrefix } from './outputs.ts';
import { addPowertools } from './powertools.ts';
import { readProps } from './read-props.ts';
import { createWorkflow } from './service-workflow.ts';
import type { Settings } from './settings.ts';
import { type ITemplateVideo, TemplateVideoBase } from './template-video-base.ts';
import type { TemplateVideoProps } from './template-video-props.ts';
import { VideoApi } from './video-api.ts';
import { createVideoBucket, toKept } from './video-bucket.ts';
import type { VideoFunction } from './video-function.ts';
import { toVideoFunctions, type VideoFunctions } from './video-functions.ts';
import { VideoTable } from './video-table.ts';

/**
 * Videos from MiniMax templates: the HTTPS API, the workflow, the bucket, their functions, and the monitoring.
 */
export class TemplateVideo extends TemplateVideoBase {
  readonly serviceName: string;
  readonly stateMachine: StateMachine;
  readonly bucket: IBucket;
  readonly table: ITable;
  readonly eventBus: IEventBus;
  /** The functions by their names, as in `submitTask`. */
  readonly functions: VideoFunctions;
  protected readonly authorizedBy: string | undefined;
  protected readonly noMetricsReason: string | undefined;
  private readonly videoApi: VideoApi | undefined;
  private readonly monitoring: Monitoring | undefined;

  /** A service that another app has deployed, with the grants, rules and metrics of one's own. */
  static fromAttributes(scope: Construct, id: string, attributes: TemplateVideoAttributes): ITemplateVideo {
    return new ImportedTemplateVideo(scope, id, attributes);
  }

  /** @throws InvalidSetting that names the property, the given value and what is allowed */
  constructor(scope: Construct, id: string, props: TemplateVideoProps = {}) {
    super(scope, id);
    const settings = readProps(props);
    const parts = { settings, bundles: bundlesFor(this) };
    this.serviceName = toServiceName(this);
    this.bucket = (props.bucket ?? createVideoBucket(this, settings, toKept(props))) as IBucket;
    const apiKey = this.findApiKey(settings, props);
    const callbackSecret = settings.callbacks
      ? createCallbackSecret(this, toKept(props).encryptionKey)
      : undefined;
    this.table = (props.table ?? new VideoTable(this, 'Table', toKept(props))) as ITable;
    const { bucket, table } = this;
    const stored = { ...parts, bucket, table, indexVariables: toIndexVariables(table, settings) };

    const url = Lazy.string({ produce: () => this.videoApi?.callbackUrlPrefix });
    const callbacks = callbackSecret && { url, secret: callbackSecret };
    this.stateMachine = createWorkflow(this, { ...stored, apiKey, callbacks, network: props });
    const { stateMachine } = this;
    this.eventBus = (props.eventBus ?? EventBus.fromEventBusName(this, 'EventBus', 'default')) as IEventBus;
    const { announceVideo } = new Announcements(this, 'Announcements', {
      ...stored,
      bundle: parts.bundles['announce-video'],
      stateMachine,
      eventBus: this.eventBus,
    });
    if (props.api !== false)
      this.videoApi = this.createApi({ ...stored, stateMachine, callbackSecret }, props);
    this.functions = toVideoFunctions(this);
    addPowertools(this, settings);

    this.monitoring = this.createMonitoring(settings, announceVideo, props);
    this.noMetricsReason = this.monitoring === undefined ? 'has monitoring off' : undefined;
    this.authorizedBy = authorizerOf(settings, props);
    if (props.logRetention !== undefined) applyLogRetention(this, props.logRetention);
    if (props.outputs !== false) addOutputs(this, toOutputPrefix(this), this, settings);
  }

  get api(): RestApi | undefined {
    return this.videoApi?.restApi;
  }

  get videosUrl(): string | undefined {
    return this.videoApi?.videosUrl;
  }

  /** The id of the first API key. There with `auth: 'key'`. */
  get apiKeyId(): string | undefined {
    return this.videoApi?.apiKeyId;
  }

  /** Empty where `monitoring` is off. */
  get alarms(): readonly Alarm[] {
    return this.monitoring?.alarms ?? [];
  }

  /** The topic of the alarms. Undefined where `monitoring` is off. */
  get alarmTopic(): ITopic | undefined {
    return this.monitoring?.topic;
  }

  private findApiKey(settings: Settings, { apiKeySecret }: TemplateVideoProps): ISecret {
    if (typeof apiKeySecret === 'object') return apiKeySecret as ISecret;
    return Secret.fromSecretNameV2(this, 'ApiKey', settings.apiKeySecret);
  }

  private createApi(
    {
      callbackSecret: secret,
      ...parts
    }: Omit<ApiFunctionsProps, 'namespace'> & { readonly callbackSecret?: ISecret },
    { authorizer, domain, accessLogs, apiGatewayAccount }: TemplateVideoProps,
  ): VideoApi {
    const { settings } = parts;
    const namespace = settings.namespace ?? toNamespace(this);
    return new VideoApi(this, 'Api', {
      name: this.serviceName,
      functions: createApiFunctions(this, { ...parts, namespace }),
      settings,
      authorizer,
      domain,
      accessLogs,
      apiGatewayAccount,
      receiveCallback: secret && createCallbackFunction(this, { ...parts, secret }),
    });
  }

  private createMonitoring(
    { monitoring, pollSeconds, callbacks, alarmEmail }: Settings,
    announceVideo: VideoFunction<'announce-video'>,
    { alarmTopic }: TemplateVideoProps,
  ): Monitoring | undefined {
    if (monitoring === 'off') return undefined;
    const { serviceName, stateMachine, api, table } = this;
    return new Monitoring(this, 'Monitoring', {
      service: { serviceName, stateMachine, restApi: api, announceVideo, table, pollSeconds, callbacks },
      topic: alarmTopic as ITopic | undefined,
      email: alarmEmail,
    });
  }
}

function authorizerOf({ auth }: Settings, { authorizer }: TemplateVideoProps): string | undefined {
  if (authorizer !== undefined) return 'an authorizer';
  return auth === 'key' ? 'API keys' : undefined;
}
