import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  InvalidArn,
  InvalidToken,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StateMachineDoesNotExist,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, expect, test } from 'vitest';
import { createExecutions } from '../../../lambdas/io/aws/executions.ts';

const ARN = 'arn:aws:states:eu-west-1:123456789012:stateMachine:Machine';
const EXECUTION_ARN = 'arn:aws:states:eu-west-1:123456789012:execution:Machine:v1';
const startDate = new Date('2026-11-22T10:00:00Z');

const client = mockClient(new SFNClient({ region: 'eu-west-1' }));
afterEach(() => client.reset());
const sfn = client as unknown as SFNClient;
const executions = createExecutions(ARN, sfn, sfn);

function entered(name: string, input: object): HistoryEvent {
  return {
    id: 1,
    type: 'TaskStateEntered',
    timestamp: startDate,
    stateEnteredEventDetails: { name, input: JSON.stringify(input) },
  };
}

/** Ten attempts of a step, newest first. The entry into the state is older than the events that are read. */
function repeated(error: string, input: object): readonly HistoryEvent[] {
  return Array.from({ length: 10 }, (): readonly HistoryEvent[] => [
    {
      id: 4,
      type: 'LambdaFunctionFailed',
      timestamp: startDate,
      lambdaFunctionFailedEventDetails: { error },
    },
    { id: 3, type: 'LambdaFunctionStarted', timestamp: startDate },
    {
      id: 2,
      type: 'LambdaFunctionScheduled',
      timestamp: startDate,
      lambdaFunctionScheduledEventDetails: { resource: 'arn', input: JSON.stringify(input) },
    },
  ]).flat();
}

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

test('gives the error after which the current step is retried', async () => {
  describe({ status: 'RUNNING' });
  const events = [...repeated('MiniMaxBusy', {}).slice(0, 6), entered('Submit task', { a: 1 })];
  client.on(GetExecutionHistoryCommand).resolves({ events: [...events, ...repeated('Older', {})] });
  expect(await executions.find('v1')).toMatchObject({
    stateName: 'Submit task',
    lastError: 'MiniMaxBusy',
    failedTries: 2,
  });
});

test('gives a timeout as the error after which a step is retried', async () => {
  describe({ status: 'RUNNING' });
  const timedOut: HistoryEvent = {
    id: 4,
    type: 'LambdaFunctionTimedOut',
    timestamp: startDate,
    lambdaFunctionTimedOutEventDetails: {},
  };
  client.on(GetExecutionHistoryCommand).resolves({ events: [timedOut, entered('Check task', {})] });
  expect(await executions.find('v1')).toMatchObject({ lastError: 'States.Timeout' });
});

const service = { resourceType: 'lambda', resource: 'invoke.waitForTaskToken' };
const named = { error: 'Lambda.Unknown', cause: 'why' };

test.each<Partial<HistoryEvent>>([
  { type: 'LambdaFunctionScheduleFailed', lambdaFunctionScheduleFailedEventDetails: named },
  { type: 'LambdaFunctionStartFailed', lambdaFunctionStartFailedEventDetails: named },
  { type: 'LambdaFunctionFailed', lambdaFunctionFailedEventDetails: named },
  { type: 'LambdaFunctionTimedOut', lambdaFunctionTimedOutEventDetails: named },
  { type: 'TaskStartFailed', taskStartFailedEventDetails: { ...service, ...named } },
  { type: 'TaskSubmitFailed', taskSubmitFailedEventDetails: { ...service, ...named } },
  { type: 'TaskFailed', taskFailedEventDetails: { ...service, ...named } },
  { type: 'TaskTimedOut', taskTimedOutEventDetails: { ...service, ...named } },
])('gives the error of an attempt that ended with $type', async (event) => {
  describe({ status: 'RUNNING' });
  const failed = { id: 4, timestamp: startDate, ...event } as HistoryEvent;
  client.on(GetExecutionHistoryCommand).resolves({ events: [failed, entered('Video failed', {})] });
  expect(await executions.find('v1')).toMatchObject({
    stateName: 'Video failed',
    lastError: 'Lambda.Unknown',
  });
});

test('gives an error also where AWS names none', async () => {
  describe({ status: 'RUNNING' });
  const failed: HistoryEvent = {
    id: 4,
    type: 'LambdaFunctionStartFailed',
    timestamp: startDate,
    lambdaFunctionStartFailedEventDetails: {},
  };
  client.on(GetExecutionHistoryCommand).resolves({ events: [failed, entered('Check task', {})] });
  expect(await executions.find('v1')).toMatchObject({ lastError: 'States.TaskFailed' });
});

test('finds the state of a step with a token that was retried for hours', async () => {
  describe({ status: 'RUNNING' });
  const job = { request: {}, task: { task_id: '1' } };
  const parameters = JSON.stringify({
    FunctionName: 'arn',
    Payload: { video_id: 'v1', task_token: 't', job },
  });
  const events = Array.from({ length: 10 }, (): readonly HistoryEvent[] => [
    {
      id: 4,
      type: 'TaskStartFailed',
      timestamp: startDate,
      taskStartFailedEventDetails: { ...service, ...named },
    },
    {
      id: 3,
      type: 'TaskScheduled',
      timestamp: startDate,
      taskScheduledEventDetails: { ...service, region: 'eu-west-1', parameters },
    },
  ]).flat();
  client.on(GetExecutionHistoryCommand).resolves({ events });
  expect(await executions.find('v1')).toMatchObject({
    stateName: 'Video failed',
    stateInput: job,
    lastError: 'Lambda.Unknown',
  });
});

test('finds the state of a step that was retried for hours, in two calls', async () => {
  describe({ status: 'RUNNING' });
  const job = { request: {}, task: { task_id: '1' } };
  client.on(GetExecutionHistoryCommand).resolves({ events: [...repeated('MiniMaxUnavailable', job)] });
  expect(await executions.find('v1')).toMatchObject({
    stateName: 'Check task',
    stateInput: job,
    lastError: 'MiniMaxUnavailable',
  });
  expect(client.calls()).toHaveLength(2);
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

test('lists executions in one call, with the statuses of the API', async () => {
  const item = { executionArn: EXECUTION_ARN, stateMachineArn: ARN, name: 'v1', startDate };
  const statuses = ['RUNNING', 'SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT', 'PENDING_REDRIVE'] as const;
  client.on(ListExecutionsCommand).resolves({
    executions: statuses.map((status) => ({ ...item, status })),
    nextToken: 'more',
  });
  const page = await executions.list({ limit: 6, status: 'cancelled', nextToken: 'before' });
  expect(page?.executions.map(({ status }) => status)).toEqual([
    'running',
    'succeeded',
    'failed',
    'cancelled',
    'timed_out',
    'running',
  ]);
  expect(page?.nextToken).toBe('more');
  expect(client.calls()).toHaveLength(1);
  expect(client.commandCalls(ListExecutionsCommand)[0]?.args[0].input).toEqual({
    stateMachineArn: ARN,
    maxResults: 6,
    statusFilter: 'ABORTED',
    nextToken: 'before',
  });
});

test('distinguishes an invalid nextToken from other errors of a list', async () => {
  client
    .on(ListExecutionsCommand)
    .rejects(new InvalidToken({ message: "Invalid Token: 'x'", $metadata: {} }));
  expect(await executions.list({ limit: 1, nextToken: 'x' })).toBeUndefined();
  await expect(executions.list({ limit: 1 })).rejects.toMatchObject({ name: 'InvalidToken' });
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

const details = { message: 'no', $metadata: {} };
const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
const EARLIER = EXECUTION_ARN.replace(':Machine:', ':Earlier:');

test.each([
  ['the execution is missing', new ExecutionDoesNotExist(details), EXECUTION_ARN, 'gone'],
  ['its state machine is missing', new StateMachineDoesNotExist(details), EARLIER, 'gone'],
  ['a grant for the execution is missing', denied, EXECUTION_ARN, 'denied'],
  ['a grant for one of an earlier state machine is missing', denied, EARLIER, 'denied'],
  ["another account's is denied", denied, EXECUTION_ARN.replace('123456789012', '210987654321'), 'elsewhere'],
  ["another region's is denied", denied, EXECUTION_ARN.replace('eu-west-1', 'us-east-1'), 'elsewhere'],
  [
    "another region's has an ARN that is invalid here",
    new InvalidArn(details),
    EXECUTION_ARN.replace('eu-west-1', 'us-east-1'),
    'elsewhere',
  ],
])(
  'distinguishes a missing execution from a missing grant: %s',
  async (_what, error, execution_arn, expected) => {
    client.on(DescribeExecutionCommand).rejects(error);
    expect(await executions.stateOf({ execution_arn, created_at: startDate.toISOString() })).toBe(expected);
  },
);

test('throws where Step Functions fails to describe an execution', async () => {
  client
    .on(DescribeExecutionCommand)
    .rejects(Object.assign(new Error('slow'), { name: 'ThrottlingException' }));
  const key = { execution_arn: EXECUTION_ARN, created_at: startDate.toISOString() };
  await expect(executions.stateOf(key)).rejects.toMatchObject({ name: 'ThrottlingException' });
});

test('throws where the grant to describe an execution is missing', async () => {
  client.on(DescribeExecutionCommand).rejects(denied);
  await expect(executions.find('v1')).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
