import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  LogGroupLogDestination,
  MethodLoggingLevel,
  type RestApi,
  type StageOptions,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { STAGE } from './api-access.ts';
import { toVendedLogName } from './naming.ts';

/** The options of a stage that writes one line for each call, without bodies, and its own errors. */
export function toLoggedStage(scope: Construct): StageOptions {
  const accessLog = new LogGroup(scope, 'AccessLog', {
    logGroupName: toVendedLogName('apigateway', scope),
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  return {
    loggingLevel: MethodLoggingLevel.ERROR,
    dataTraceEnabled: false,
    accessLogDestination: new LogGroupLogDestination(accessLog),
    accessLogFormat: AccessLogFormat.jsonWithStandardFields(),
  };
}

/** The log of an API's own errors. Otherwise API Gateway makes this log group by itself, without an expiry, and it outlives the stack. */
export function addExecutionLog(scope: Construct, api: RestApi): void {
  const executionLog = new LogGroup(scope, 'ExecutionLog', {
    logGroupName: `API-Gateway-Execution-Logs_${api.restApiId}/${STAGE}`,
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  api.deploymentStage.node.addDependency(executionLog);
}
