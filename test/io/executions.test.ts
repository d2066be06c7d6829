import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, expect, test } from 'vitest';
import { createExecutions } from '../../lambdas/io/executions.ts';

const ARN = 'arn:aws:states:eu-west-1:123456789012:stateMachine:Machine';
const EXECUTION_ARN = 'arn:aws:states:eu-west-1:123456789012:execution:Machine:v1';
const startDate = new Date('2026-11-22T10:00:00Z');

const client = mockClient(new SFNClient({ region: 'eu-west-1' }));
afterEach(() => client.reset());
const executions = createExecutions(ARN, client as unknown as SFNClient);

function entered(name: string, input: object): HistoryEvent {
  return {
    id: 1,
    type: 'TaskStateEntered',
    timestamp: startDate,
    stateEnteredEventDetails: { name, input: JSON.stringify(input) },
  };
}

const repeated: readonly HistoryEvent[] = Array.from({ length: 300 }, () => ({
  id: 2,
  type: 'LambdaFunctionFailed',
  timestamp: startDate,
}));

function describe(fields: object): void {
  client
    .on(DescribeExecutionCommand, { executionArn: EXECUTION_ARN })
    .resolves({ name: 'v1', startDate, input: '{"template_id":"1"}', ...fields });
}

test('starts an execution under its name, with the request as its input', async () => {
  client.on(StartExecutionCommand).resolves({ executionArn: EXECUTION_ARN, startDate });
  expect(await executions.start('v1', { template_id: '1' })).toEqual({ startDate });
  expect(client.commandCalls(StartExecutionCommand)[0]?.args[0].input).toEqual({
    stateMachineArn: ARN,
    name: 'v1',
    input: '{"template_id":"1"}',
  });
});

test('finds a running execution with its newest state, in two calls', async () => {
  describe({ status: 'RUNNING' });
  client
    .on(GetExecutionHistoryCommand)
    .resolves({ events: [entered('Wait', { a: 2 }), entered('Check task', { a: 1 })] });
  expect(await executions.find('v1')).toEqual({
    name: 'v1',
    status: 'RUNNING',
    startDate,
    input: { template_id: '1' },
    stateName: 'Wait',
    stateInput: { a: 2 },
  });
  expect(client.calls()).toHaveLength(2);
});

test('finds the state also of a step that has been repeated for hours', async () => {
  describe({ status: 'RUNNING' });
  client
    .on(GetExecutionHistoryCommand, { maxResults: 10, reverseOrder: true })
    .resolves({ events: repeated.slice(0, 10) })
    .on(GetExecutionHistoryCommand, { maxResults: 1000, reverseOrder: true })
    .resolves({ events: [...repeated, entered('Check task', { a: 1 })] });
  expect(await executions.find('v1')).toMatchObject({ stateName: 'Check task', stateInput: { a: 1 } });
});

test('asks for no history of an execution that has succeeded', async () => {
  describe({ status: 'SUCCEEDED', output: '{"b":1}', stopDate: startDate });
  expect(await executions.find('v1')).toMatchObject({
    status: 'SUCCEEDED',
    output: { b: 1 },
    stopDate: startDate,
  });
  expect(client.calls()).toHaveLength(1);
});

test('finds nothing where there is nothing, and hands on every other fault', async () => {
  client.on(DescribeExecutionCommand).rejects(new ExecutionDoesNotExist({ message: 'none', $metadata: {} }));
  expect(await executions.find('v1')).toBeUndefined();
  client
    .on(DescribeExecutionCommand)
    .rejects(Object.assign(new Error('slow'), { name: 'ThrottlingException' }));
  await expect(executions.find('v1')).rejects.toMatchObject({ name: 'ThrottlingException' });
});
