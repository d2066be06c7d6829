import { Aws } from 'aws-cdk-lib';
import {
  AuthorizationType,
  type CfnApiKey,
  EndpointType,
  type IAuthorizer,
  LambdaIntegration,
  type MethodOptions,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import { CALLS, type CallName } from '../lambdas/core/api/routes.ts';
import { CALLBACK_ROUTE } from '../lambdas/core/callback.ts';
import { STAGE } from './api-access.ts';
import { addDomain } from './api-domain.ts';
import type { ApiFunctions } from './api-functions.ts';
import { addExecutionLog, toLoggedStage } from './api-logs.ts';
import { addPreflights } from './cors.ts';
import { addProblemResponses } from './gateway-responses.ts';
import { acknowledgeFindings } from './nag.ts';
import type { Settings } from './settings.ts';
import type { VideoDomain } from './template-video-props.ts';
import type { VideoFunction } from './video-function.ts';

const [, CALLBACK_PATH = ''] = CALLBACK_ROUTE.path.split('/');
/** As a stage names a method: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html */
const CALLBACK_METHOD = `${CALLBACK_ROUTE.path}/${CALLBACK_ROUTE.method}`;

/** What API Gateway asks of a caller, by the setting `auth`. */
const METHOD_AUTH: Readonly<Record<Settings['auth'], MethodOptions>> = {
  iam: { authorizationType: AuthorizationType.IAM },
  key: { apiKeyRequired: true },
};

export interface VideoApiProps {
  /** The name of the API in CloudWatch. */
  readonly name: string;
  readonly functions: ApiFunctions;
  readonly settings: Pick<Settings, 'auth' | 'requestsPerSecond' | 'burstRequests' | 'corsOrigins'>;
  /** Authorizes callers. @default as `settings.auth` says */
  readonly authorizer?: IAuthorizer;
  /** @default API Gateway's own address */
  readonly domain?: VideoDomain;
  /** @default true */
  readonly accessLogs?: boolean;
  /** Whether the account's role for API Gateway's logs is made and set. @default as `accessLogs` */
  readonly apiGatewayAccount?: boolean;
  /** The function that MiniMax calls. @default none, and no route for it */
  readonly receiveCallback?: VideoFunction<'receive-callback'>;
}

/** MiniMax accepts twenty tasks a minute and needs less. The cost of a flood is in docs/security.md. */
const CALLBACK_THROTTLE = { throttlingRateLimit: 5, throttlingBurstLimit: 20 };

/** The HTTPS API. Every method needs IAM, an authorizer or an API key, except the callback and preflights, which are public. */
export class VideoApi extends Construct {
  /** `https://…/videos` */
  readonly videosUrl: string;
  readonly restApi: RestApi;
  /** The id of the stack's own API key. There with auth=key. */
  readonly apiKeyId: string | undefined;

  constructor(scope: Construct, id: string, props: VideoApiProps) {
    super(scope, id);
    const { functions, settings, domain, receiveCallback } = props;
    const api = this.createRestApi(props);
    this.restApi = api;
    for (const [name, { method, path }] of Object.entries(CALLS))
      api.root.resourceForPath(path).addMethod(method, new LambdaIntegration(functions[name as CallName]));
    addPreflights(api, settings.corsOrigins);
    if (receiveCallback !== undefined) addPublicCallbackRoute(api, receiveCallback);
    const { path } = CALLS['start-video'];
    this.videosUrl = domain === undefined ? api.urlForPath(path) : `${addDomain(this, api, domain)}${path}`;
    this.apiKeyId = settings.auth === 'key' ? this.addUsagePlan(api, settings) : undefined;

    addProblemResponses(api, settings.corsOrigins);
    acknowledgeFindings(api, {
      'AwsSolutions-APIG2':
        'The function behind each method checks the request itself and names every wrong field.',
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
        "API Gateway's logging role is this managed policy, which AWS keeps for it.",
      'AwsSolutions-APIG3':
        'Callers are authenticated and throttled. The owner of the account may add a web ACL.',
      'AwsSolutions-COG4':
        'Callers are AWS identities or have API keys. They are not users of a Cognito pool.',
    });
    if (settings.auth === 'key')
      acknowledgeFindings(api, {
        'AwsSolutions-APIG4': 'The deployer chose API keys over IAM with auth=key.',
      });
  }

  /** As in `https://…/prod/callbacks`. It does not refer to the stage, which depends on the workflow that needs this address. */
  get callbackUrlPrefix(): string {
    const host = `${this.restApi.restApiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`;
    return `https://${host}/${STAGE}/${CALLBACK_PATH}`;
  }

  private createRestApi(props: VideoApiProps): RestApi {
    const { name, settings, authorizer, receiveCallback, accessLogs = true } = props;
    const { auth, requestsPerSecond, burstRequests } = settings;
    const api = new RestApi(this, 'RestApi', {
      restApiName: name,
      description: 'Starts, shows and cancels videos made from MiniMax templates.',
      endpointTypes: [EndpointType.REGIONAL],
      defaultMethodOptions: authorizer === undefined ? METHOD_AUTH[auth] : { authorizer },
      cloudWatchRole: props.apiGatewayAccount ?? accessLogs,
      deployOptions: {
        stageName: STAGE,
        tracingEnabled: true,
        throttlingRateLimit: requestsPerSecond,
        throttlingBurstLimit: burstRequests,
        methodOptions: receiveCallback && { [CALLBACK_METHOD]: CALLBACK_THROTTLE },
        ...(accessLogs ? toLoggedStage(this) : {}),
      },
    });
    api.node.tryRemoveChild('Endpoint');
    if (accessLogs) addExecutionLog(this, api);
    return api;
  }

  /** @returns the id of the first key. More keys can be added to the plan. */
  private addUsagePlan(
    api: RestApi,
    { requestsPerSecond, burstRequests }: VideoApiProps['settings'],
  ): string {
    const key = api.addApiKey('ApiKey', { description: 'A caller of Template Video' });
    const plan = api.addUsagePlan('UsagePlan', {
      description: 'The throttle of each key of Template Video',
      throttle: { rateLimit: requestsPerSecond, burstLimit: burstRequests },
    });
    plan.addApiKey(key);
    plan.addApiStage({ stage: api.deploymentStage });
    return (key.node.defaultChild as CfnApiKey).ref;
  }
}

/** API Gateway does not authenticate these calls: the address itself holds a token. */
function addPublicCallbackRoute(api: RestApi, receiveCallback: VideoFunction<'receive-callback'>): void {
  // API Gateway applies the API's defaults, its authorizer included, to every option that is left out here.
  const open: { [Option in keyof MethodOptions]: MethodOptions[Option] | undefined } = {
    authorizationType: AuthorizationType.NONE,
    apiKeyRequired: false,
    authorizer: undefined,
  };
  const callbacks = api.root.addResource(CALLBACK_PATH, { defaultMethodOptions: open as MethodOptions });
  const method = callbacks
    .resourceForPath(CALLBACK_ROUTE.path.slice(`/${CALLBACK_PATH}/`.length))
    .addMethod(CALLBACK_ROUTE.method, new LambdaIntegration(receiveCallback));
  const reason = 'MiniMax cannot sign its calls. Their address holds a token that the function checks.';
  acknowledgeFindings(method, { 'AwsSolutions-APIG4': reason, 'AwsSolutions-COG4': reason });
}
