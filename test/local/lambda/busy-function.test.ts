import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { expect, test } from 'vitest';
import type { LambdaHost } from '../../../local/lambda/lambda-host.ts';
import { createEngine } from '../../../local/step-functions/engine.ts';

const BUSY = { errorType: 'Lambda.TooManyRequestsException', errorMessage: 'Rate Exceeded' };

const definition = {
  StartAt: 'Step',
  States: {
    Step: {
      Type: 'Task',
      TimeoutSeconds: 10,
      Resource: 'arn:aws:lambda:us-east-1:000000000000:function:Step',
      Retry: [{ ErrorEquals: [BUSY.errorType], MaxAttempts: 2 }],
      End: true,
    },
  },
} satisfies StateMachineDefinition;

test('retries a step whose function was not called, and records that it never started', async () => {
  const ended = Promise.withResolvers<void>();
  const replies = [{ ok: false, error: BUSY } as const, { ok: true, result: '{}' } as const];
  const invoke: LambdaHost['invoke'] = async (_arn, _event, options) => {
    const reply = replies.shift() ?? { ok: true, result: '{}' };
    if (reply.ok) options?.onBegin?.();
    return reply;
  };
  const engine = createEngine({
    stateMachine: {
      arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:M',
      roleArn: 'arn:aws:iam::0:role/M',
      definition,
    },
    lambda: { invoke },
    pauseMs: 0,
    onEvent: ({ status }) => (status === 'RUNNING' ? undefined : ended.resolve()),
  });
  const execution = engine.start('one', '{}');
  await ended.promise;
  const { events } = execution;
  expect(events.map(({ type }) => type)).toEqual([
    'ExecutionStarted',
    'TaskStateEntered',
    'LambdaFunctionScheduled',
    'LambdaFunctionScheduleFailed',
    'LambdaFunctionScheduled',
    'LambdaFunctionStarted',
    'LambdaFunctionSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
  const [failed] = events.flatMap(({ lambdaFunctionScheduleFailedEventDetails: details }) => details ?? []);
  expect(failed).toEqual({ error: BUSY.errorType, cause: JSON.stringify(BUSY) });
});
