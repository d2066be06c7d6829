import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, expect, test } from 'vitest';
import { ARN, client, EXECUTION_ARN, entered, executions, startDate } from './mocked-executions.ts';

afterEach(() => client.reset());

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
    arn: EXECUTION_ARN,
    name: 'v1',
    status: 'RUNNING',
    startDate,
    redriveCount: 0,
    input: { template_id: '1' },
    stateName: 'Wait',
    stateInput: { a: 2 },
    enteredAt: startDate,
    newestEvent: 'TaskStateEntered',
  });
  expect(client.calls()).toHaveLength(2);
  expect(client.commandCalls(GetExecutionHistoryCommand)[0]?.args[0].input).toEqual({
    executionArn: EXECUTION_ARN,
    reverseOrder: true,
    maxResults: 30,
  });
});

test('starts nothing under a name that another execution has', async () => {
  const taken = new ExecutionAlreadyExists({ message: 'Execution Already Exists', $metadata: {} });
  client.on(StartExecutionCommand).rejects(taken);
  expect(await executions.start('v1', { template_id: '1' })).toBeUndefined();
});

test('stops an execution, and gives the time', async () => {
  client.on(StopExecutionCommand).resolves({ stopDate: startDate });
  expect(await executions.stop('v1', 'because')).toEqual({ stopDate: startDate });
  expect(client.commandCalls(StopExecutionCommand)[0]?.args[0].input).toEqual({
    executionArn: EXECUTION_ARN,
    error: 'Cancelled',
    cause: 'because',
  });
});

test('reads no history of an execution that has succeeded', async () => {
  describe({ status: 'SUCCEEDED', output: '{"b":1}', stopDate: startDate });
  expect(await executions.find('v1')).toMatchObject({
    status: 'SUCCEEDED',
    output: { b: 1 },
    stopDate: startDate,
  });
  expect(client.calls()).toHaveLength(1);
});

test('finds an execution without a history yet, and none under an invalid name', async () => {
  describe({ status: 'RUNNING' });
  const none = new ExecutionDoesNotExist({ message: 'none', $metadata: {} });
  client.on(GetExecutionHistoryCommand).rejects(none);
  expect(await executions.find('v1')).toMatchObject({ status: 'RUNNING' });
  const invalid = Object.assign(new Error('too long'), { name: 'ValidationException' });
  client.on(DescribeExecutionCommand).rejects(invalid);
  expect(await executions.find('😀'.repeat(80))).toBeUndefined();
});

test('finds no missing execution, and throws every other error', async () => {
  client.on(DescribeExecutionCommand).rejects(new ExecutionDoesNotExist({ message: 'none', $metadata: {} }));
  expect(await executions.find('v1')).toBeUndefined();
  client
    .on(DescribeExecutionCommand)
    .rejects(Object.assign(new Error('slow'), { name: 'ThrottlingException' }));
  await expect(executions.find('v1')).rejects.toMatchObject({ name: 'ThrottlingException' });
});

const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });

test('throws where the grant to describe an execution is missing', async () => {
  client.on(DescribeExecutionCommand).rejects(denied);
  await expect(executions.find('v1')).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
