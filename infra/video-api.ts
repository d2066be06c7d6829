import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  type CfnApiKey,
  EndpointType,
  type IAuthorizer,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  type MethodOptions,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { gatewayProblem } from '../lambdas/core/api/problem.ts';
import {
  GATEWAY_PROBLEMS,
  type GatewayProblem,
  type GatewayResponseType,
} from '../lambdas/core/api/problem-types.ts';
import { CALLS, type CallName } from '../lambdas/core/api/routes.ts';
import { CALLBACK_ROUTE } from '../lambdas/core/callback.ts';
import type { ApiFunctions } from './api-functions.ts';
import { acknowledgeFindings } from './nag.ts';
import { toVendedLogName } from './naming.ts';
import type { Settings } from './settings.ts';
import type { VideoFunction } from './video-function.ts';

const STAGE = 'prod';
const [, CALLBACK_PATH = ''] = CALLBACK_ROUTE.path.split('/');
/** As a stage names a method: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html */
const CALLBACK_METHOD = `${CALLBACK_ROUTE.path}/${CALLBACK_ROUTE.method}`;

/** What each kind of access asks of a caller. */
const METHOD_AUTH: Readonly<Record<Settings['auth'], MethodOptions>> = {
  iam: { authorizationType: AuthorizationType.IAM },
  key: { apiKeyRequired: true },
};

export interface VideoApiProps {
  /** By which CloudWatch tells it from other APIs. */
  readonly name: string;
  readonly functions: ApiFunctions;
  readonly settings: Pick<Settings, 'auth' | 'requestsPerSecond' | 'burstRequests'>;
  /** Who lets callers in. @default as `settings.auth` says */
  readonly authorizer?: IAuthorizer;
  /** The function that MiniMax calls. @default none, and no such route */
  readonly receiveCallback?: VideoFunction<'receive-callback'> | undefined;
}

/** More than MiniMax needs for the twenty tasks that it takes a minute, and what a flood costs: see docs/security.md. */
const CALLBACK_THROTTLE = { throttlingRateLimit: 5, throttlingBurstLimit: 20 };

/**
 * The HTTPS trigger: every method needs a request that IAM or an authorizer lets through, or one with an API key; but for
 * the bell, which is open.
 */
export class VideoApi extends Construct {
  /** `https://…/videos` */
  readonly videosUrl: string;
  readonly restApi: RestApi;
  /** The id of the API key that comes with the stack, where callers have keys. */
  readonly apiKeyId: string | undefined;

  constructor(scope: Construct, id: string, props: VideoApiProps) {
    super(scope, id);
    const { functions, settings, receiveCallback } = props;
    const api = this.createRestApi(props);
    this.restApi = api;
    for (const [name, { method, path }] of Object.entries(CALLS))
      api.root.resourceForPath(path).addMethod(method, new LambdaIntegration(functions[name as CallName]));
    if (receiveCallback !== undefined) addPublicCallbackRoute(api, receiveCallback);
    this.videosUrl = api.urlForPath(CALLS['start-video'].path);
    this.apiKeyId = settings.auth === 'key' ? this.usagePlan(api, settings) : undefined;

    for (const type of Object.keys(GATEWAY_PROBLEMS) as GatewayResponseType[]) addProblemResponse(api, type);
    acknowledgeFindings(api, {
      'AwsSolutions-APIG2':
        'The function behind each method checks the request itself and names every wrong field.',
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
        "API Gateway's logging role is this managed policy, which AWS keeps for it.",
      'AwsSolutions-APIG3':
        'Callers are known and throttled; a web ACL is for the owner of the account to add.',
      'AwsSolutions-COG4':
        'Callers are AWS identities or have API keys; they are no users of a Cognito pool.',
      ...(settings.auth === 'key'
        ? { 'AwsSolutions-APIG4': 'Whoever deploys with auth=key has chosen API keys instead of IAM.' }
        : {}),
    });
  }

  /** As in `https://…/prod/callbacks`; known before there is a stage, because the workflow that is started here is told. */
  get callbackUrlPrefix(): string {
    const host = `${this.restApi.restApiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`;
    return `https://${host}/${STAGE}/${CALLBACK_PATH}`;
  }

  private createRestApi({ name, settings, authorizer, receiveCallback }: VideoApiProps): RestApi {
    const { auth, requestsPerSecond, burstRequests } = settings;
    const accessLog = new LogGroup(this, 'AccessLog', {
      logGroupName: toVendedLogName('apigateway', this),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const api = new RestApi(this, 'RestApi', {
      restApiName: name,
      description: 'Starts, shows and cancels videos made from MiniMax templates.',
      endpointTypes: [EndpointType.REGIONAL],
      defaultMethodOptions: authorizer === undefined ? METHOD_AUTH[auth] : { authorizer },
      cloudWatchRole: true,
      deployOptions: {
        stageName: STAGE,
        tracingEnabled: true,
        throttlingRateLimit: requestsPerSecond,
        throttlingBurstLimit: burstRequests,
        ...(receiveCallback === undefined ? {} : { methodOptions: { [CALLBACK_METHOD]: CALLBACK_THROTTLE } }),
        loggingLevel: MethodLoggingLevel.ERROR,
        dataTraceEnabled: false,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat: AccessLogFormat.jsonWithStandardFields(),
      },
    });
    api.node.tryRemoveChild('Endpoint');
    // API Gateway makes it by itself otherwise, for ever, and leaves it behind.
    const executionLog = new LogGroup(this, 'ExecutionLog', {
      logGroupName: `API-Gateway-Execution-Logs_${api.restApiId}/${STAGE}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    api.deploymentStage.node.addDependency(executionLog);
    return api;
  }

  /** @returns the id of the first key; more can be added to the plan */
  private usagePlan(api: RestApi, { requestsPerSecond, burstRequests }: VideoApiProps['settings']): string {
    const key = api.addApiKey('ApiKey', { description: 'A caller of Template Video' });
    const plan = api.addUsagePlan('UsagePlan', {
      description: 'What each key may ask of Template Video',
      throttle: { rateLimit: requestsPerSecond, burstLimit: burstRequests },
    });
    plan.addApiKey(key);
    plan.addApiStage({ stage: api.deploymentStage });
    return (key.node.defaultChild as CfnApiKey).ref;
  }
}

/** Whoever calls is not known to API Gateway: the address itself is the right to call. */
function addPublicCallbackRoute(api: RestApi, receiveCallback: VideoFunction<'receive-callback'>): void {
  // The API's own default, authorizer included, would be taken for whatever is not said here.
  const open: { [Option in keyof MethodOptions]: MethodOptions[Option] | undefined } = {
    authorizationType: AuthorizationType.NONE,
    apiKeyRequired: false,
    authorizer: undefined,
  };
  const callbacks = api.root.addResource(CALLBACK_PATH, { defaultMethodOptions: open as MethodOptions });
  const method = callbacks
    .resourceForPath(CALLBACK_ROUTE.path.slice(`/${CALLBACK_PATH}/`.length))
    .addMethod(CALLBACK_ROUTE.method, new LambdaIntegration(receiveCallback));
  const why = 'MiniMax cannot sign its calls; their address holds a token that the function checks.';
  acknowledgeFindings(method, { 'AwsSolutions-APIG4': why, 'AwsSolutions-COG4': why });
}

/** `messageString` is the gateway's own reason as a JSON string, with its quotes. */
function addProblemResponse(api: RestApi, responseType: GatewayResponseType): void {
  const { retryAfterSeconds }: GatewayProblem = GATEWAY_PROBLEMS[responseType];
  const problem = gatewayProblem(responseType);
  const text = JSON.stringify(problem);
  const addProblemResponse = `${text.slice(0, -1)},"detail":$context.error.messageString}`;
  api.addGatewayResponse(`${responseType}Problem`, {
    type: ResponseType.of(responseType),
    templates: { 'application/json': problem.detail === undefined ? addProblemResponse : text },
    responseHeaders: {
      'content-type': "'application/problem+json'",
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': `'${retryAfterSeconds}'` }),
    },
  });
}
