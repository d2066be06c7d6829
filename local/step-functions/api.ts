import type {
  DescribeExecutionInput,
  DescribeExecutionOutput,
  GetExecutionHistoryInput,
  GetExecutionHistoryOutput,
  HistoryEvent,
  ListExecutionsInput,
  ListExecutionsOutput,
  RedriveExecutionInput,
  RedriveExecutionOutput,
  SendTaskFailureInput,
  SendTaskSuccessInput,
  StartExecutionInput,
  StartExecutionOutput,
  StopExecutionInput,
  StopExecutionOutput,
} from '@aws-sdk/client-sfn';
import { isNestedTooDeep, MAX_JSON_DEPTH } from '../../lambdas/core/json/depth.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Operations } from '../aws/json-endpoint.ts';
import type { Engine, LocalExecution } from './engine.ts';
import { MAX_PAYLOAD_BYTES } from './lambda-task.ts';
import { readToken, toToken } from './page-token.ts';
import type { TokenOutcome } from './token-table.ts';

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1000;

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
const NAME_RULE = /^[^\s\p{Cc}<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/u;

/** The operations of Step Functions that functions and operators call, served by the embedded engine. */
export function stepFunctionsApi(engine: Engine): Operations {
  function find(executionArn: string | undefined): LocalExecution {
    const name = executionArn?.split(':').at(-1) ?? '';
    const execution = engine.executions.get(name);
    if (execution !== undefined && execution.arn === executionArn) return execution;
    throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
  }

  function requireThisMachine(stateMachineArn: string | undefined): void {
    if (stateMachineArn === engine.stateMachineArn) return;
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
  }

  function settle(taskToken: string | undefined, outcome: TokenOutcome): object {
    const found = engine.tokens.settle(taskToken ?? '', outcome);
    if (found === 'delivered') return {};
    if (found === 'expired') throw new AwsError('TaskTimedOut', 'Task Timed Out: its token has been used');
    throw new AwsError('TaskDoesNotExist', 'Task does not exist');
  }

  return {
    'AWSStepFunctions.StartExecution': (given: StartExecutionInput): StartExecutionOutput => {
      requireThisMachine(given.stateMachineArn);
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

    'AWSStepFunctions.DescribeExecution': (given: DescribeExecutionInput): DescribeExecutionOutput => {
      const { arn, events: _events, ...describeResponse } = find(given.executionArn);
      return {
        ...describeResponse,
        executionArn: arn,
        stateMachineArn: engine.stateMachineArn,
        inputDetails: { included: true },
        outputDetails: describeResponse.output === undefined ? undefined : { included: true },
      };
    },

    'AWSStepFunctions.GetExecutionHistory': (given: GetExecutionHistoryInput): GetExecutionHistoryOutput => {
      const { name } = find(given.executionArn);
      const newestFirst = given.reverseOrder === true;
      const { nextToken, ...listed } = given;
      const first = readToken(nextToken, listed, (id) => /^\d+$/.test(id));
      const from = Number(first ?? (newestFirst ? Number.MAX_SAFE_INTEGER : 1));
      const limit = limitOf(given);
      const found = engine.store.events(name, { from, limit: limit + 1, newestFirst });
      const page = found.slice(0, limit);
      const events = given.includeExecutionData === false ? page.map(withoutData) : page;
      const next = found[limit]?.id;
      return { events, nextToken: next === undefined ? undefined : toToken(String(next), listed) };
    },

    'AWSStepFunctions.ListExecutions': (given: ListExecutionsInput): ListExecutionsOutput => {
      requireThisMachine(given.stateMachineArn);
      const { nextToken, ...listed } = given;
      const before = readToken(nextToken, listed, (name) => engine.executions.get(name) !== undefined);
      const request = { status: given.statusFilter, limit: limitOf(given), before };
      const { executions: page, hasMore } = engine.executions.list(request);
      const executions = page.map(({ arn, name, status, startDate, stopDate }) => ({
        executionArn: arn,
        stateMachineArn: engine.stateMachineArn,
        name,
        status,
        startDate,
        stopDate,
      }));
      const last = executions.at(-1)?.name ?? '';
      return { executions, nextToken: hasMore ? toToken(last, listed) : undefined };
    },

    'AWSStepFunctions.StopExecution': (given: StopExecutionInput): StopExecutionOutput => {
      const { name } = find(given.executionArn);
      const { error, cause } = given;
      engine.stop(name, { error, cause });
      return { stopDate: find(given.executionArn).stopDate };
    },

    'AWSStepFunctions.RedriveExecution': (given: RedriveExecutionInput): RedriveExecutionOutput => {
      const { name, status } = find(given.executionArn);
      if (status === 'RUNNING' || status === 'SUCCEEDED') {
        throw new AwsError('ExecutionNotRedrivable', `Execution is ${status} and cannot be redriven`);
      }
      engine.redrive(name);
      return { redriveDate: new Date() };
    },

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

const TOO_DEEP = `it has more than ${MAX_JSON_DEPTH} levels of lists and objects`;

/** An event as `includeExecutionData: false` returns it: without inputs and outputs. */
export function withoutData(event: HistoryEvent): HistoryEvent {
  const details = Object.entries(event).map(([name, value]) => {
    if (typeof value !== 'object' || value instanceof Date) return [name, value];
    const { input: _input, output: _output, ...rest } = value;
    return [name, rest];
  });
  return Object.fromEntries(details);
}

function limitOf({ maxResults = 0 }: { readonly maxResults?: number | undefined }): number {
  return Math.min(maxResults === 0 ? DEFAULT_PAGE : maxResults, MAX_PAGE);
}
