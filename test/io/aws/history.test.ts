import { DescribeExecutionCommand, GetExecutionHistoryCommand, type HistoryEvent } from '@aws-sdk/client-sfn';
import { afterEach, expect, test } from 'vitest';
import { client, EXECUTION_ARN, entered, executions, startDate } from './mocked-executions.ts';

afterEach(() => client.reset());

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
