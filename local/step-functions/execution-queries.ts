import type {
  DescribeExecutionInput,
  DescribeExecutionOutput,
  DescribeStateMachineInput,
  DescribeStateMachineOutput,
  GetExecutionHistoryInput,
  GetExecutionHistoryOutput,
  HistoryEvent,
  ListExecutionsInput,
  ListExecutionsOutput,
} from '@aws-sdk/client-sfn';
import type { Operations } from '../aws/json-endpoint.ts';
import { findExecution, requireStateMachine } from './api-arguments.ts';
import type { Engine } from './engine.ts';
import { readToken, toToken } from './page-token.ts';

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1000;

/** The operations of Step Functions that read executions. */
export function executionQueries(engine: Engine): Operations {
  return {
    'AWSStepFunctions.DescribeExecution': (given: DescribeExecutionInput): DescribeExecutionOutput => {
      const { arn, events: _events, ...describeResponse } = findExecution(engine, given.executionArn);
      return {
        ...describeResponse,
        executionArn: arn,
        stateMachineArn: engine.stateMachineArn,
        inputDetails: { included: true },
        outputDetails: describeResponse.output === undefined ? undefined : { included: true },
      };
    },

    'AWSStepFunctions.DescribeStateMachine': (
      given: DescribeStateMachineInput,
    ): Pick<DescribeStateMachineOutput, 'stateMachineArn' | 'name' | 'status' | 'type' | 'definition'> => {
      const { stateMachineArn = '' } = given;
      requireStateMachine(engine, stateMachineArn);
      const name = stateMachineArn.split(':').at(-1);
      const definition = JSON.stringify(engine.definition);
      return { stateMachineArn, name, status: 'ACTIVE', type: 'STANDARD', definition };
    },

    'AWSStepFunctions.GetExecutionHistory': (given: GetExecutionHistoryInput): GetExecutionHistoryOutput => {
      const { name } = findExecution(engine, given.executionArn);
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
      requireStateMachine(engine, given.stateMachineArn);
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
  };
}

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
