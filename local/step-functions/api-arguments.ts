import { MAX_JSON_DEPTH } from '../../lambdas/core/json/depth.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Engine, LocalExecution } from './engine.ts';

export const TOO_DEEP = `it has more than ${MAX_JSON_DEPTH} levels of lists and objects`;

/** @throws AwsError `ExecutionDoesNotExist` */
export function findExecution(engine: Engine, executionArn: string | undefined): LocalExecution {
  const name = executionArn?.split(':').at(-1) ?? '';
  const execution = engine.executions.get(name);
  if (execution !== undefined && execution.arn === executionArn) return execution;
  throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
}

/** @throws AwsError `StateMachineDoesNotExist` for any other state machine than the engine's */
export function requireStateMachine(engine: Engine, stateMachineArn: string | undefined): void {
  if (stateMachineArn === engine.stateMachineArn) return;
  throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
}
