import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  GetExecutionHistoryCommand,
  InvalidExecutionInput,
  InvalidName,
  InvalidToken,
  ListExecutionsCommand,
  StartExecutionCommand,
  StateMachineDoesNotExist,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { ARN, finished, start } from '../../harness/engine-client.ts';
import { connect, stepping, waiting } from './api-machines.ts';

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

test('describes the state machine with its definition, as AWS does', async () => {
  const client = await connect(stepping);
  const described = await client.send(new DescribeStateMachineCommand({ stateMachineArn: ARN }));
  expect(described).toMatchObject({
    stateMachineArn: ARN,
    name: 'Machine',
    status: 'ACTIVE',
    type: 'STANDARD',
  });
  expect(JSON.parse(described.definition ?? '')).toEqual(stepping);
});

test('rejects an input that is nested too deep for the engine, and stores nothing', async () => {
  const client = await connect(stepping);
  const input = `${'['.repeat(101)}${']'.repeat(101)}`;
  const starting = client.send(new StartExecutionCommand({ stateMachineArn: ARN, name: 'deep', input }));
  await expect(starting).rejects.toBeInstanceOf(InvalidExecutionInput);
  const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn: ARN }));
  expect(executions).toEqual([]);
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
  for (const stateMachineArn of [`${ARN}X`, unknown])
    await expect(client.send(new DescribeStateMachineCommand({ stateMachineArn }))).rejects.toBeInstanceOf(
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
