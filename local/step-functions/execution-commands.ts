import type {
  RedriveExecutionInput,
  RedriveExecutionOutput,
  StartExecutionInput,
  StartExecutionOutput,
  StopExecutionInput,
  StopExecutionOutput,
} from '@aws-sdk/client-sfn';
import { isNestedTooDeep } from '../../lambdas/core/json/depth.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Operations } from '../aws/json-endpoint.ts';
import { findExecution, requireStateMachine, TOO_DEEP } from './api-arguments.ts';
import type { Engine } from './engine.ts';
import { MAX_PAYLOAD_BYTES } from './lambda-task.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
const NAME_RULE = /^[^\s\p{Cc}<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/u;

/** The operations of Step Functions that start, stop and redrive executions. */
export function executionCommands(engine: Engine): Operations {
  return {
    'AWSStepFunctions.StartExecution': (given: StartExecutionInput): StartExecutionOutput => {
      requireStateMachine(engine, given.stateMachineArn);
      const { name = crypto.randomUUID(), input = '{}' } = given;
      if (!NAME_RULE.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
      requireExecutionInput(input);
      const existing = engine.executions.get(name);
      const isRepeated = existing?.status === 'RUNNING' && existing.input === input;
      if (existing !== undefined && !isRepeated) {
        throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${existing.arn}'`);
      }
      const { arn, startDate } = existing ?? engine.start(name, input);
      return { executionArn: arn, startDate };
    },

    'AWSStepFunctions.StopExecution': (given: StopExecutionInput): StopExecutionOutput => {
      const { name } = findExecution(engine, given.executionArn);
      const { error, cause } = given;
      engine.stop(name, { error, cause });
      return { stopDate: findExecution(engine, given.executionArn).stopDate };
    },

    'AWSStepFunctions.RedriveExecution': (given: RedriveExecutionInput): RedriveExecutionOutput => {
      const { name, status } = findExecution(engine, given.executionArn);
      if (status === 'RUNNING' || status === 'SUCCEEDED') {
        throw new AwsError('ExecutionNotRedrivable', `Execution is ${status} and cannot be redriven`);
      }
      engine.redrive(name);
      return { redriveDate: new Date() };
    },
  };
}

function requireExecutionInput(input: string): void {
  if (Buffer.byteLength(input) > MAX_PAYLOAD_BYTES) {
    throw new AwsError('ValidationException', `'input' must be at most ${MAX_PAYLOAD_BYTES} bytes`);
  }
  try {
    JSON.parse(input);
  } catch {
    throw new AwsError('InvalidExecutionInput', 'Invalid State Machine Execution Input: it is not JSON');
  }
  if (isNestedTooDeep(input)) {
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: ${TOO_DEEP}`);
  }
}
