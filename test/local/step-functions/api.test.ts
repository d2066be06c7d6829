import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  InvalidExecutionInput,
  InvalidName,
  InvalidToken,
  ListExecutionsCommand,
  type SFNClient,
  StartExecutionCommand,
  StateMachineDoesNotExist,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { expect, test } from 'vitest';
import type { WorkerReply } from '../../../local/lambda/function-worker.ts';
import { ARN, connectTo, finished, start } from '../../harness/engine-client.ts';

const RESOURCE = 'arn:aws:lambda:us-east-1:000000000000:function:Step';
const stepping = {
  StartAt: 'Step',
  States: {
    Step: {
      Type: 'Task',
      Resource: RESOURCE,
      TimeoutSeconds: 1,
      Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 1 }],
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Broken' }],
      Next: 'Done',
    },
    Done: { Type: 'Succeed' },
    Broken: { Type: 'Fail', ErrorPath: '$.error.Error', CausePath: '$.error.Cause' },
  },
} satisfies StateMachineDefinition;
const waiting = {
  StartAt: 'Wait',
  States: { Wait: { Type: 'Wait', Seconds: 30, Next: 'Done' }, Done: { Type: 'Succeed' } },
} satisfies StateMachineDefinition;

function connect(
  definition: StateMachineDefinition,
  replies: readonly WorkerReply[] = [],
  delayMs = 0,
): Promise<SFNClient> {
  const queue = [...replies];
  return connectTo(definition, {
    pauseMs: definition === waiting ? undefined : 0,
    invoke: async () => {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      return queue.shift() ?? { ok: true, result: '{}' };
    },
  });
}

const fail = (errorType: string): WorkerReply => ({
  ok: false,
  error: { errorType, errorMessage: 'it broke' },
});

test('describes a finished execution as AWS does', async () => {
  const client = await connect(stepping, [{ ok: true, result: '{"b":2}' }]);
  const { executionArn, startDate } = await start(client, 'one', { a: 1 });
  expect(startDate).toBeInstanceOf(Date);
  expect(await finished(client, executionArn)).toMatchObject({
    executionArn: 'arn:aws:states:us-east-1:000000000000:execution:Machine:one',
    stateMachineArn: ARN,
    name: 'one',
    status: 'SUCCEEDED',
    startDate,
    stopDate: expect.any(Date),
    input: '{"a":1}',
    output: '{"b":2}',
  });
});

test('rejects an input that is nested too deep for the engine, and stores nothing', async () => {
  const client = await connect(stepping);
  const input = `${'['.repeat(101)}${']'.repeat(101)}`;
  const starting = client.send(new StartExecutionCommand({ stateMachineArn: ARN, name: 'deep', input }));
  await expect(starting).rejects.toBeInstanceOf(InvalidExecutionInput);
  const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn: ARN }));
  expect(executions).toEqual([]);
});

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

test('answers a repeated start with the running execution, and rejects any other second start', async () => {
  const client = await connect(waiting);
  const first = await start(client, 'one', { a: 1 });
  expect(await start(client, 'one', { a: 1 })).toMatchObject({
    executionArn: first.executionArn,
    startDate: first.startDate,
  });
  await expect(start(client, 'one', { a: 2 })).rejects.toBeInstanceOf(ExecutionAlreadyExists);
  await client.send(new StopExecutionCommand({ executionArn: first.executionArn }));
  await expect(start(client, 'one', { a: 1 })).rejects.toBeInstanceOf(ExecutionAlreadyExists);
});

test('stops an execution once, with the reason given', async () => {
  const client = await connect(waiting);
  const { executionArn } = await start(client, 'one');
  const reason = { error: 'Cancelled', cause: 'The caller changed their mind.' };
  const { stopDate } = await client.send(new StopExecutionCommand({ executionArn, ...reason }));
  await client.send(new StopExecutionCommand({ executionArn, error: 'Again' }));
  expect(await finished(client, executionArn)).toMatchObject({ status: 'ABORTED', stopDate, ...reason });
  const { events = [] } = await client.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true }),
  );
  expect(events[0]).toMatchObject({ type: 'ExecutionAborted', executionAbortedEventDetails: reason });
});

test('lists executions newest first, by status and page by page', async () => {
  const client = await connect(waiting);
  for (const name of ['one', 'two', 'three']) await start(client, name);
  const { executionArn } = await start(client, 'four');
  await client.send(new StopExecutionCommand({ executionArn }));
  const page = { stateMachineArn: ARN, statusFilter: 'RUNNING', maxResults: 2 } as const;
  const first = await client.send(new ListExecutionsCommand(page));
  const second = await client.send(new ListExecutionsCommand({ ...page, nextToken: first.nextToken }));
  expect(first.executions?.map(({ name }) => name)).toEqual(['three', 'two']);
  expect(second.executions?.map(({ name }) => name)).toEqual(['one']);
  expect(second.nextToken).toBeUndefined();
});

test('begins a page behind the last execution of the previous page, also after further starts and ends', async () => {
  const client = await connect(waiting);
  const arns = new Map<string, string | undefined>();
  const begin = async (name: string) => arns.set(name, (await start(client, name)).executionArn);
  const end = (name: string) => client.send(new StopExecutionCommand({ executionArn: arns.get(name) }));
  for (const name of ['one', 'two', 'three', 'four']) await begin(name);
  const page = { stateMachineArn: ARN, statusFilter: 'RUNNING', maxResults: 2 } as const;
  const first = await client.send(new ListExecutionsCommand(page));
  await begin('five');
  for (const name of ['four', 'three']) await end(name);
  const second = await client.send(new ListExecutionsCommand({ ...page, nextToken: first.nextToken }));
  const names = [first, second].map(({ executions }) => executions?.map(({ name }) => name));
  expect(names).toEqual([
    ['four', 'three'],
    ['two', 'one'],
  ]);
  expect(second.nextToken).toBeUndefined();
});

test('accepts a nextToken only for its own call with unchanged arguments', async () => {
  const client = await connect(waiting);
  for (const name of ['one', 'two']) await start(client, name);
  const { executionArn } = await start(client, 'three');
  const page = { stateMachineArn: ARN, maxResults: 1 } as const;
  const { nextToken } = await client.send(new ListExecutionsCommand(page));
  const history = { executionArn, maxResults: 1 } as const;
  const { nextToken: ofHistory } = await client.send(new GetExecutionHistoryCommand(history));
  for (const wrong of [
    new ListExecutionsCommand({ ...page, nextToken, statusFilter: 'RUNNING' }),
    new ListExecutionsCommand({ ...page, nextToken, maxResults: 2 }),
    new ListExecutionsCommand({ ...page, nextToken: ofHistory }),
    new ListExecutionsCommand({ ...page, nextToken: '2' }),
    new ListExecutionsCommand({ ...page, nextToken: 'rubbish' }),
    new GetExecutionHistoryCommand({ ...history, nextToken }),
    new GetExecutionHistoryCommand({ ...history, nextToken: ofHistory, reverseOrder: true }),
  ] as const)
    await expect(client.send(wrong as ListExecutionsCommand)).rejects.toBeInstanceOf(InvalidToken);
});

test("answers AWS's own errors", async () => {
  const client = await connect(waiting);
  const unknown = `${ARN.replace(':stateMachine:', ':execution:')}:unknown`;
  await expect(client.send(new DescribeExecutionCommand({ executionArn: unknown }))).rejects.toBeInstanceOf(
    ExecutionDoesNotExist,
  );
  await expect(client.send(new StartExecutionCommand({ stateMachineArn: `${ARN}X` }))).rejects.toBeInstanceOf(
    StateMachineDoesNotExist,
  );
  await expect(start(client, 'a b')).rejects.toBeInstanceOf(InvalidName);
  await expect(start(client, 'x'.repeat(81))).rejects.toBeInstanceOf(InvalidName);
  const rubbish = new StartExecutionCommand({ stateMachineArn: ARN, input: '{' });
  await expect(client.send(rubbish)).rejects.toBeInstanceOf(InvalidExecutionInput);
  const large = new StartExecutionCommand({
    stateMachineArn: ARN,
    input: JSON.stringify('x'.repeat(262_144)),
  });
  await expect(client.send(large)).rejects.toMatchObject({ name: 'ValidationException' });
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
