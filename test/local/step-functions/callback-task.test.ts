import {
  ExecutionNotRedrivable,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StopExecutionCommand,
  TaskDoesNotExist,
} from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { expect, test } from 'vitest';
import type { WorkerReply } from '../../../local/lambda/function-worker.ts';
import { connectTo, finished, start, typesOf } from '../../harness/engine-client.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:Ask';
const asking = {
  StartAt: 'First',
  States: {
    First: { Type: 'Pass', Next: 'Ask' },
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Parameters: {
        FunctionName: FUNCTION,
        Payload: {
          'token.$': '$$.Task.Token',
          'redrives.$': '$$.Execution.RedriveCount',
          'since.$': '$$.Execution.StartTime',
          'job.$': '$',
        },
      },
      TimeoutSeconds: 1,
      Next: 'Done',
    },
    Done: { Type: 'Succeed' },
  },
} satisfies StateMachineDefinition;

interface Asked {
  readonly token: string;
  readonly redrives: number;
  readonly since: string;
  readonly job: unknown;
}

/** An engine whose function calls this with its event. */
async function askedBy(answer: (asked: Asked, client: SFNClient) => Promise<unknown>): Promise<SFNClient> {
  const client = await connectTo(asking, {
    pauseMs: 0,
    invoke: async (functionArn, event): Promise<WorkerReply> => {
      expect(functionArn).toBe(FUNCTION);
      await answer(JSON.parse(event) as Asked, client);
      return { ok: true, result: '{"said":true}' };
    },
  });
  return client;
}

test('continues with the output that is sent with the token', async () => {
  const client = await askedBy(({ token, job }, sfn) =>
    sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify({ was: job }) })),
  );
  const { executionArn } = await start(client, 'one', { a: 1 });
  expect(await finished(client, executionArn)).toMatchObject({
    status: 'SUCCEEDED',
    output: '{"was":{"a":1}}',
  });
  expect(await typesOf(client, executionArn)).toEqual([
    'ExecutionStarted',
    'PassStateEntered',
    'PassStateExited',
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
});

test('fails with the error and cause that are sent, and a redrive runs the task with a new token', async () => {
  const asked: Asked[] = [];
  const client = await askedBy((now, sfn) => {
    asked.push(now);
    const taskToken = now.token;
    if (now.redrives > 0) return sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
    return sfn.send(new SendTaskFailureCommand({ taskToken, error: 'GaveUp', cause: 'It took too long.' }));
  });
  const { executionArn } = await start(client, 'one', { a: 1 });
  expect(await finished(client, executionArn)).toMatchObject({
    status: 'FAILED',
    error: 'GaveUp',
    cause: 'It took too long.',
    redriveCount: 0,
  });
  await client.send(new RedriveExecutionCommand({ executionArn }));
  const redriven = await finished(client, executionArn);
  expect(redriven).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1, input: '{"a":1}' });
  expect(redriven).not.toHaveProperty('error');
  const common = { token: expect.any(String), since: redriven.startDate?.toISOString(), job: { a: 1 } };
  expect(asked).toEqual([
    { ...common, redrives: 0 },
    { ...common, redrives: 1 },
  ]);
  expect(asked[0]?.token).not.toBe(asked[1]?.token);
  expect((await typesOf(client, executionArn)).slice(6, 11)).toEqual([
    'TaskSubmitted',
    'TaskFailed',
    'ExecutionFailed',
    'ExecutionRedriven',
    'TaskStateEntered',
  ]);
});

test('times out when the token is not sent', async () => {
  const client = await askedBy(async () => undefined);
  const { executionArn } = await start(client, 'one');
  expect(await finished(client, executionArn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  expect((await typesOf(client, executionArn)).slice(-3)).toEqual([
    'TaskSubmitted',
    'TaskTimedOut',
    'ExecutionFailed',
  ]);
});

test('redrives a stopped execution, and does not redrive a succeeded one', async () => {
  let isSilent = true;
  const client = await askedBy(async ({ token }, sfn) => {
    if (!isSilent) await sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: '{}' }));
  });
  const { executionArn } = await start(client, 'one');
  await client.send(new StopExecutionCommand({ executionArn }));
  isSilent = false;
  await client.send(new RedriveExecutionCommand({ executionArn }));
  expect(await finished(client, executionArn)).toMatchObject({ status: 'SUCCEEDED' });
  await expect(client.send(new RedriveExecutionCommand({ executionArn }))).rejects.toBeInstanceOf(
    ExecutionNotRedrivable,
  );
});

test('answers an unknown token as AWS does', async () => {
  const client = await askedBy(async () => undefined);
  const unknown = new SendTaskSuccessCommand({ taskToken: 'unknown', output: '{}' });
  await expect(client.send(unknown)).rejects.toBeInstanceOf(TaskDoesNotExist);
});
