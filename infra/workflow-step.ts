import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { IntegrationPattern, TaskInput, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { StateName } from '../lambdas/core/states.ts';

export interface StepProps {
  readonly stateName: StateName;
  /** Shown in the console. */
  readonly comment: string;
  /** @default the state's whole input */
  readonly payload?: Readonly<Record<string, unknown>>;
  /** Whether the step ends with its task token, not when its function returns. @default false */
  readonly waitsForToken?: boolean;
  /** @default a little longer than the function may run */
  readonly timeout?: Timeout;
  /** Where the result is put. @default it replaces the job document */
  readonly resultPath?: string;
}

/** Step Functions waits a little longer than the function may run, so that Lambda's own error arrives first. */
const INVOKE_MARGIN = Duration.seconds(30);

/** A task state that hands the job document to its function, and takes it back. The workflow adds its retries. */
export function createStep(
  scope: Construct,
  id: string,
  lambdaFunction: LambdaFunction,
  { payload, waitsForToken = false, timeout, ...rest }: StepProps,
): LambdaInvoke {
  return new LambdaInvoke(scope, id, {
    ...rest,
    lambdaFunction,
    integrationPattern: waitsForToken ? IntegrationPattern.WAIT_FOR_TASK_TOKEN : undefined,
    payloadResponseOnly: waitsForToken ? undefined : true,
    retryOnServiceExceptions: false,
    taskTimeout: timeout ?? Timeout.duration(lambdaFunction.timeout?.plus(INVOKE_MARGIN) ?? INVOKE_MARGIN),
    payload: payload && TaskInput.fromObject(payload),
  });
}
