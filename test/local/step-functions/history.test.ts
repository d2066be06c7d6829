import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { finished, start } from '../../harness/engine-client.ts';
import { connect, fail, RESOURCE, stepping } from './api-machines.ts';

test("returns a history in AWS's types and fields, numbered and chained", async () => {
  const client = await connect(stepping, [fail('Busy'), { ok: true, result: '{"b":2}' }]);
  const { executionArn } = await start(client, 'one', { a: 1 });
  await finished(client, executionArn);
  const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
  expect(events.map(({ timestamp: _at, ...event }) => event)).toEqual([
    {
      id: 1,
      previousEventId: 0,
      type: 'ExecutionStarted',
      executionStartedEventDetails: {
        input: '{"a":1}',
        inputDetails: { truncated: false },
        roleArn: expect.any(String),
      },
    },
    {
      id: 2,
      previousEventId: 1,
      type: 'TaskStateEntered',
      stateEnteredEventDetails: { name: 'Step', input: '{"a":1}', inputDetails: { truncated: false } },
    },
    {
      id: 3,
      previousEventId: 2,
      type: 'LambdaFunctionScheduled',
      lambdaFunctionScheduledEventDetails: {
        resource: RESOURCE,
        input: '{"a":1}',
        inputDetails: { truncated: false },
      },
    },
    { id: 4, previousEventId: 3, type: 'LambdaFunctionStarted' },
    {
      id: 5,
      previousEventId: 4,
      type: 'LambdaFunctionFailed',
      lambdaFunctionFailedEventDetails: {
        error: 'Busy',
        cause: '{"errorType":"Busy","errorMessage":"it broke"}',
      },
    },
    {
      id: 6,
      previousEventId: 5,
      type: 'LambdaFunctionScheduled',
      lambdaFunctionScheduledEventDetails: expect.any(Object),
    },
    { id: 7, previousEventId: 6, type: 'LambdaFunctionStarted' },
    {
      id: 8,
      previousEventId: 7,
      type: 'LambdaFunctionSucceeded',
      lambdaFunctionSucceededEventDetails: { output: '{"b":2}', outputDetails: { truncated: false } },
    },
    {
      id: 9,
      previousEventId: 8,
      type: 'TaskStateExited',
      stateExitedEventDetails: { name: 'Step', output: '{"b":2}', outputDetails: { truncated: false } },
    },
    {
      id: 10,
      previousEventId: 9,
      type: 'SucceedStateEntered',
      stateEnteredEventDetails: { name: 'Done', input: '{"b":2}', inputDetails: { truncated: false } },
    },
    {
      id: 11,
      previousEventId: 10,
      type: 'SucceedStateExited',
      stateExitedEventDetails: { name: 'Done', output: '{"b":2}', outputDetails: { truncated: false } },
    },
    {
      id: 12,
      previousEventId: 11,
      type: 'ExecutionSucceeded',
      executionSucceededEventDetails: { output: '{"b":2}', outputDetails: { truncated: false } },
    },
  ]);
});

test('passes a caught error to the Fail state', async () => {
  const client = await connect(stepping, [fail('Gone')]);
  const { executionArn } = await start(client, 'one', { a: 1 });
  const cause = '{"errorType":"Gone","errorMessage":"it broke"}';
  expect(await finished(client, executionArn)).toMatchObject({ status: 'FAILED', error: 'Gone', cause });
  const { events = [] } = await client.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 3 }),
  );
  expect(events.map(({ type }) => type)).toEqual(['ExecutionFailed', 'FailStateEntered', 'TaskStateExited']);
  expect(events[0]?.executionFailedEventDetails).toEqual({ error: 'Gone', cause });
});

test('times out a task, and records nothing of its late result', async () => {
  const client = await connect(stepping, [], 1100);
  const { executionArn } = await start(client, 'one');
  expect(await finished(client, executionArn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  await new Promise((resolve) => setTimeout(resolve, 200));
  const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
  expect(events.map(({ type }) => type)).toEqual([
    'ExecutionStarted',
    'TaskStateEntered',
    'LambdaFunctionScheduled',
    'LambdaFunctionStarted',
    'LambdaFunctionTimedOut',
    'TaskStateExited',
    'FailStateEntered',
    'ExecutionFailed',
  ]);
});

test('fails a task whose result is larger than 256 KiB', async () => {
  const client = await connect(stepping, [{ ok: true, result: JSON.stringify('x'.repeat(262_144)) }]);
  const { executionArn } = await start(client, 'one');
  expect(await finished(client, executionArn)).toMatchObject({
    status: 'FAILED',
    error: 'States.DataLimitExceeded',
  });
});

test('omits inputs and outputs from a history on demand, and keeps names and times', async () => {
  const client = await connect(stepping);
  const { executionArn } = await start(client, 'slim', { secret: 1 });
  await finished(client, executionArn);
  const { events = [] } = await client.send(
    new GetExecutionHistoryCommand({ executionArn, includeExecutionData: false }),
  );
  expect(JSON.stringify(events)).not.toMatch(/secret|"input"|"output"/);
  expect(events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? [])).toEqual([
    'Step',
    'Done',
  ]);
  expect(events.every(({ timestamp }) => timestamp instanceof Date)).toBe(true);
});
