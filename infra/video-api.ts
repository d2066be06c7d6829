import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  EndpointType,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { GATEWAY_PROBLEMS, type Problem } from '../lambdas/core/problem.ts';
import { acknowledge } from './acknowledge.ts';

export interface VideoApiProps {
  readonly startVideo: IFunction;
  readonly getVideo: IFunction;
}

/** The HTTPS trigger: every method needs a signed request of somebody whom IAM lets call it. */
export class VideoApi extends Construct {
  /** `https://…/videos` */
  readonly videosUrl: string;

  constructor(scope: Construct, id: string, { startVideo, getVideo }: VideoApiProps) {
    super(scope, id);
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const api = new RestApi(this, 'RestApi', {
      restApiName: 'Template Video',
      description: 'Starts and shows videos made from MiniMax templates.',
      endpointTypes: [EndpointType.REGIONAL],
      defaultMethodOptions: { authorizationType: AuthorizationType.IAM },
      cloudWatchRole: true,
      deployOptions: {
        tracingEnabled: true,
        throttlingRateLimit: 5,
        throttlingBurstLimit: 10,
        loggingLevel: MethodLoggingLevel.ERROR,
        dataTraceEnabled: false,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat: AccessLogFormat.jsonWithStandardFields(),
      },
    });
    api.node.tryRemoveChild('Endpoint');
    const videos = api.root.addResource('videos');
    videos.addMethod('POST', new LambdaIntegration(startVideo));
    videos.addResource('{video_id}').addMethod('GET', new LambdaIntegration(getVideo));
    this.videosUrl = api.urlForPath(videos.path);

    answerAsProblem(api, ResponseType.DEFAULT_4XX, GATEWAY_PROBLEMS.DEFAULT_4XX);
    answerAsProblem(api, ResponseType.DEFAULT_5XX, GATEWAY_PROBLEMS.DEFAULT_5XX);
    acknowledge(api, {
      'AwsSolutions-APIG2':
        'The function behind each method checks the request itself and names every wrong field.',
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
        "API Gateway's logging role is this managed policy, which AWS keeps for it.",
      'AwsSolutions-APIG3':
        'Callers are authenticated by IAM and throttled; a web ACL is for the owner of the account to add.',
      'AwsSolutions-COG4': 'Callers are AWS identities that sign with IAM, not users of a Cognito pool.',
    });
  }
}

/** `messageString` is the gateway's own reason as a JSON string, with its quotes. */
function answerAsProblem(api: RestApi, type: ResponseType, problem: Problem): void {
  const { type: problemType, title } = problem;
  api.addGatewayResponse(`${type.responseType}Problem`, {
    type,
    templates: {
      'application/json': `{"type":${JSON.stringify(problemType)},"title":${JSON.stringify(title)},"detail":$context.error.messageString}`,
    },
    responseHeaders: { 'content-type': "'application/problem+json'" },
  });
}
