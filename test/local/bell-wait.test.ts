import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SendTaskSuccessCommand, StopExecutionCommand, TaskTimedOut } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { expect, test, vi } from 'vitest';
import type { EngineOptions } from '../../local/engine/engine.ts';
import { connectTo, finished, start, typesOf } from './engine-client.ts';

const run = promisify(execFile);

/** A state that leaves its token in a bucket, as it stands in a definition for AWS. */
const waiting = {
  StartAt: 'Wait',
  States: {
    Wait: {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:s3:putObject.waitForTaskToken',
      Parameters: {
        Bucket: 'b',
        'Key.$': "States.Format('videos/{}/bell.json', $.video_id)",
        Body: { 'task_token.$': '$$.Task.Token' },
      },
      TimeoutSecondsPath: '$.wait_seconds',
      ResultPath: '$.ring',
      Catch: [
        { ErrorEquals: ['States.Timeout'], ResultPath: null, Next: 'Done' },
        { ErrorEquals: ['States.ALL'], ResultPath: '$.ring', Next: 'Done' },
      ],
      Next: 'Done',
    },
    Done: { Type: 'Succeed' },
  },
} as unknown as StateMachineDefinition;

interface Put {
  readonly Bucket: string;
  readonly Key: string;
  readonly Body: { readonly task_token: string };
}

/** An engine with what has been put into its bucket. */
async function waitingIn(options: Pick<EngineOptions, 'waitMs' | 'putObject'> = {}) {
  const puts: Put[] = [];
  const client = await connectTo(waiting, {
    invoke: () => Promise.reject(new Error('There is no function.')),
    putObject: async (parameters) => {
      puts.push(parameters as unknown as Put);
      return { ok: true, output: '{"ETag":"e"}' };
    },
    ...options,
  });
  return { client, puts };
}

const input = (wait_seconds: number): object => ({ video_id: 'v1', wait_seconds });

test('goes on when the real client sends the token back, and tells it so ever after', async () => {
  const { client, puts } = await waitingIn();
  const { executionArn } = await start(client, 'one', input(600));
  await vi.waitFor(() => expect(puts).toHaveLength(1));
  expect(puts[0]).toEqual({
    Bucket: 'b',
    Key: 'videos/v1/bell.json',
    Body: { task_token: expect.any(String) },
  });
  const ring = new SendTaskSuccessCommand({
    taskToken: puts[0]?.Body.task_token ?? '',
    output: '{"rung_at":"now"}',
  });
  await client.send(ring);
  const { status, output = '' } = await finished(client, executionArn);
  expect([status, JSON.parse(output)]).toEqual(['SUCCEEDED', { ...input(600), ring: { rung_at: 'now' } }]);
  expect(await typesOf(client, executionArn)).toEqual([
    'ExecutionStarted',
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskSubmitted',
    'TaskSucceeded',
    'TaskStateExited',
    'SucceedStateEntered',
    'SucceedStateExited',
    'ExecutionSucceeded',
  ]);
  await expect(client.send(ring)).rejects.toBeInstanceOf(TaskTimedOut);
});

test('goes on with its input when the time in it is over, and answers the token as AWS does', async () => {
  const { client, puts } = await waitingIn();
  const { executionArn } = await start(client, 'one', input(1));
  const { output = '' } = await finished(client, executionArn);
  expect(JSON.parse(output)).toEqual(input(1));
  expect((await typesOf(client, executionArn)).slice(4, 7)).toEqual([
    'TaskSubmitted',
    'TaskTimedOut',
    'TaskStateExited',
  ]);
  const late = new SendTaskSuccessCommand({ taskToken: puts[0]?.Body.task_token ?? '', output: '{}' });
  await expect(client.send(late)).rejects.toBeInstanceOf(TaskTimedOut);
});

test('goes on at once when the token cannot be left', async () => {
  const { client } = await waitingIn({
    putObject: async () => ({ ok: false, error: 'S3.S3Exception', cause: 'It is there (Status Code: 412)' }),
  });
  const { executionArn } = await start(client, 'one', input(600));
  const { output = '' } = await finished(client, executionArn);
  expect(JSON.parse(output)).toEqual({
    ...input(600),
    ring: { Error: 'S3.S3Exception', Cause: 'It is there (Status Code: 412)' },
  });
});

test('tells who waits for a token of a stopped execution no more', async () => {
  const { client, puts } = await waitingIn();
  const { executionArn } = await start(client, 'one', input(600));
  await vi.waitFor(() => expect(puts).toHaveLength(1));
  await client.send(new StopExecutionCommand({ executionArn }));
  const late = new SendTaskSuccessCommand({ taskToken: puts[0]?.Body.task_token ?? '', output: '{}' });
  await expect(client.send(late)).rejects.toBeInstanceOf(TaskTimedOut);
  expect(await finished(client, executionArn)).toMatchObject({ status: 'ABORTED' });
});

test('lets the process end when an execution was stopped in a wait', async () => {
  const engine = new URL('../../local/engine/engine.ts', import.meta.url).href;
  const script = `
    import { createEngine } from ${JSON.stringify(engine)};
    const put = Promise.withResolvers();
    const engine = createEngine({
      stateMachine: { arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:M', roleArn: 'r', definition: ${JSON.stringify(waiting)} },
      lambda: { invoke: () => Promise.reject(new Error('There is none.')) },
      putObject: async () => (put.resolve(), { ok: true, output: '{}' }),
    });
    engine.start('one', '{"video_id":"v1","wait_seconds":600}');
    await put.promise;
    await new Promise((resolve) => setTimeout(resolve, 50));
    engine.suspend();`;
  await run(process.execPath, ['--input-type=module', '-e', script], { timeout: 30_000 });
});
