import { RedriveExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { expect, test } from 'vitest';
import type { WorkerReply } from '../../../local/lambda/function-worker.ts';
import { connectTo, finished, start } from '../../harness/engine-client.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:Step';

test('a stopped run does nothing more after a redrive, not even its own retries', async () => {
  let invocations = 0;
  const repeated = {
    StartAt: 'It',
    States: {
      It: {
        Type: 'Task',
        Resource: FUNCTION,
        TimeoutSeconds: 5,
        Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 9 }],
        End: true,
      },
    },
  } satisfies StateMachineDefinition;
  const client = await connectTo(repeated, {
    pauseMs: 0,
    invoke: async (): Promise<WorkerReply> => {
      invocations += 1;
      const isFirst = invocations === 1;
      await new Promise((resolve) => setTimeout(resolve, isFirst ? 300 : 600));
      if (!isFirst) return { ok: true, result: '"second"' };
      return { ok: false, error: { errorType: 'Busy', errorMessage: 'too late to matter' } };
    },
  });
  const { executionArn } = await start(client, 'one');
  await expect.poll(() => invocations).toBe(1);
  await client.send(new StopExecutionCommand({ executionArn }));
  await client.send(new RedriveExecutionCommand({ executionArn }));
  expect(await finished(client, executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"second"' });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(invocations).toBe(2);
});

test('passes each attempt its RetryCount, which starts at 0 after a redrive', async () => {
  const asked: unknown[] = [];
  const counting = {
    StartAt: 'It',
    States: {
      It: {
        Type: 'Task',
        Resource: FUNCTION,
        Parameters: { 'redrives.$': '$$.Execution.RedriveCount', 'retries.$': '$$.State.RetryCount' },
        TimeoutSeconds: 5,
        Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 2 }],
        End: true,
      },
    },
  } satisfies StateMachineDefinition;
  const client = await connectTo(counting, {
    pauseMs: 0,
    invoke: async (_arn, event): Promise<WorkerReply> => {
      asked.push(JSON.parse(event));
      return { ok: false, error: { errorType: 'Busy', errorMessage: 'again' } };
    },
  });
  const { executionArn } = await start(client, 'one');
  await finished(client, executionArn);
  await client.send(new RedriveExecutionCommand({ executionArn }));
  await finished(client, executionArn);
  const attempts = (redrives: number) => [0, 1, 2].map((retries) => ({ redrives, retries }));
  expect(asked).toEqual([...attempts(0), ...attempts(1)]);
});
