import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SendTaskSuccessCommand, StopExecutionCommand, TaskTimedOut } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { expect, test } from 'vitest';
import type { WorkerReply } from '../../../local/lambda/function-worker.ts';
import { connectTo, finished, start, typesOf } from '../../harness/engine-client.ts';

const run = promisify(execFile);

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:WaitForCallback';

/** A state that passes its token to a function. */
const waiting = {
  StartAt: 'Wait',
  States: {
    Wait: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Parameters: {
        FunctionName: FUNCTION,
        Payload: { 'video_id.$': '$.video_id', 'task_token.$': '$$.Task.Token' },
      },
      TimeoutSecondsPath: '$.wait_seconds',
      ResultPath: '$.callback',
      Catch: [
        { ErrorEquals: ['States.Timeout'], ResultPath: null, Next: 'Done' },
        { ErrorEquals: ['States.ALL'], ResultPath: '$.callback', Next: 'Done' },
      ],
      Next: 'Done',
    },
    Done: { Type: 'Succeed' },
  },
} as unknown as StateMachineDefinition;

interface Wait {
  readonly video_id: string;
  readonly task_token: string;
}

/** An engine with the events of its function. */
async function waitingIn(reply: WorkerReply = { ok: true, result: '{}' }) {
  const waits: Wait[] = [];
  const client = await connectTo(waiting, {
    invoke: async (functionArn, event) => {
      expect(functionArn).toBe(FUNCTION);
      waits.push(JSON.parse(event) as Wait);
      return reply;
    },
  });
  return { client, waits };
}

const input = (wait_seconds: number): object => ({ video_id: 'v1', wait_seconds });

test('continues when the AWS client sends the token, and answers a second use with TaskTimedOut', async () => {
  const { client, waits } = await waitingIn();
  const { executionArn } = await start(client, 'one', input(600));
  await expect.poll(() => waits).toHaveLength(1);
  expect(waits[0]).toEqual({ video_id: 'v1', task_token: expect.any(String) });
  const callback = new SendTaskSuccessCommand({
    taskToken: waits[0]?.task_token ?? '',
    output: '{"callback_received_at":"now"}',
  });
  await client.send(callback);
  const { status, output = '' } = await finished(client, executionArn);
  expect([status, JSON.parse(output)]).toEqual([
    'SUCCEEDED',
    { ...input(600), callback: { callback_received_at: 'now' } },
  ]);
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
  await expect(client.send(callback)).rejects.toBeInstanceOf(TaskTimedOut);
});

test('continues with its input after the timeout in it, and answers the token with TaskTimedOut', async () => {
  const { client, waits } = await waitingIn();
  const { executionArn } = await start(client, 'one', input(1));
  const { output = '' } = await finished(client, executionArn);
  expect(JSON.parse(output)).toEqual(input(1));
  expect((await typesOf(client, executionArn)).slice(4, 7)).toEqual([
    'TaskSubmitted',
    'TaskTimedOut',
    'TaskStateExited',
  ]);
  const late = new SendTaskSuccessCommand({ taskToken: waits[0]?.task_token ?? '', output: '{}' });
  await expect(client.send(late)).rejects.toBeInstanceOf(TaskTimedOut);
});

test('continues at once when the function fails to store the token', async () => {
  const error = { errorType: 'StorageUnavailable', errorMessage: 'S3 answered HTTP 403.' };
  const { client } = await waitingIn({ ok: false, error });
  const { executionArn } = await start(client, 'one', input(600));
  const { output = '' } = await finished(client, executionArn);
  expect(JSON.parse(output)).toEqual({
    ...input(600),
    callback: { Error: 'StorageUnavailable', Cause: JSON.stringify(error) },
  });
});

test('answers the token of a stopped execution with TaskTimedOut', async () => {
  const { client, waits } = await waitingIn();
  const { executionArn } = await start(client, 'one', input(600));
  await expect.poll(() => waits).toHaveLength(1);
  await client.send(new StopExecutionCommand({ executionArn }));
  const late = new SendTaskSuccessCommand({ taskToken: waits[0]?.task_token ?? '', output: '{}' });
  await expect(client.send(late)).rejects.toBeInstanceOf(TaskTimedOut);
  expect(await finished(client, executionArn)).toMatchObject({ status: 'ABORTED' });
});

test('lets the process end while an execution waits for its token', async () => {
  const engine = new URL('../../../local/step-functions/engine.ts', import.meta.url).href;
  const script = `
    import { createEngine } from ${JSON.stringify(engine)};
    const invoked = Promise.withResolvers();
    const engine = createEngine({
      stateMachine: { arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:M', roleArn: 'r', definition: ${JSON.stringify(waiting)} },
      lambda: { invoke: async () => (invoked.resolve(), { ok: true, result: '{}' }) },
    });
    engine.start('one', '{"video_id":"v1","wait_seconds":600}');
    await invoked.promise;
    await new Promise((resolve) => setTimeout(resolve, 50));
    engine.suspend();`;
  await run(process.execPath, ['--input-type=module', '-e', script], { timeout: 30_000 });
});
