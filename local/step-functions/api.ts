import type { SendTaskFailureInput, SendTaskSuccessInput } from '@aws-sdk/client-sfn';
import { isNestedTooDeep } from '../../lambdas/core/json/depth.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Operations } from '../aws/json-endpoint.ts';
import { TOO_DEEP } from './api-arguments.ts';
import type { Engine } from './engine.ts';
import { executionCommands } from './execution-commands.ts';
import { executionQueries } from './execution-queries.ts';
import type { TokenOutcome } from './token-table.ts';

/** The operations of Step Functions that functions and operators call, served by the embedded engine. */
export function stepFunctionsApi(engine: Engine): Operations {
  return { ...executionQueries(engine), ...executionCommands(engine), ...tokenOperations(engine) };
}

function tokenOperations(engine: Engine): Operations {
  function settle(taskToken: string | undefined, outcome: TokenOutcome): object {
    const found = engine.tokens.settle(taskToken ?? '', outcome);
    if (found === 'delivered') return {};
    if (found === 'expired') throw new AwsError('TaskTimedOut', 'Task Timed Out: its token has been used');
    throw new AwsError('TaskDoesNotExist', 'Task does not exist');
  }

  return {
    'AWSStepFunctions.SendTaskSuccess': ({ taskToken, output = '' }: SendTaskSuccessInput): object => {
      if (isNestedTooDeep(output)) throw new AwsError('InvalidOutput', `Invalid output: ${TOO_DEEP}`);
      return settle(taskToken, { ok: true, output });
    },

    'AWSStepFunctions.SendTaskFailure': ({
      taskToken,
      error = '',
      cause = '',
    }: SendTaskFailureInput): object => settle(taskToken, { ok: false, error, cause }),
  };
}
