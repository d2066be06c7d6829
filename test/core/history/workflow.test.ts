import { expect, test } from 'vitest';
import { toShownWorkflow } from '../../../lambdas/core/history/workflow.ts';

const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:CheckTask';
const RETRY = [{ ErrorEquals: ['MiniMaxBusy'], IntervalSeconds: 10, MaxAttempts: 3, JitterStrategy: 'FULL' }];
const CATCH = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Failed' }];
const CHOICES = [{ Variable: '$.check.status', StringEquals: 'succeeded', Next: 'Done' }];

function shown(states: Readonly<Record<string, object>>, further: object = {}) {
  return toShownWorkflow(JSON.stringify({ StartAt: 'Step', States: states, ...further }));
}

test('shows the states, the arrows, the waits, the retries, the catches and the choices', () => {
  const states = {
    Step: { Type: 'Task', Comment: 'Steps.', Next: 'Wait', Retry: RETRY, Catch: CATCH, TimeoutSeconds: 90 },
    Wait: { Type: 'Wait', SecondsPath: '$.wait_seconds', Next: 'Finished?' },
    'Finished?': { Type: 'Choice', Choices: CHOICES, Default: 'Wait' },
    Done: { Type: 'Succeed' },
    Failed: { Type: 'Fail', Error: 'Broken', Cause: 'It broke.' },
  };
  const further = { Comment: 'Makes a video.', TimeoutSeconds: 205_200 };
  expect(shown(states, further)).toEqual({ StartAt: 'Step', States: states, ...further });
});

test('shows neither what a state sends nor to which function', () => {
  const secret = { FunctionName: FUNCTION, Payload: { 'arn.$': '$$.Execution.Id' } };
  const sends = { Parameters: secret, ResultSelector: secret, ResultPath: '$.x', Credentials: secret };
  const { States } = shown({
    Step: { Type: 'Task', Resource: FUNCTION, ...sends, End: true },
    Pass: { Type: 'Pass', Result: secret, End: true },
  });
  expect(States).toEqual({ Step: { Type: 'Task', End: true }, Pass: { Type: 'Pass', End: true } });
});

test.each(['arn:aws:states:::lambda:invoke', 'arn:aws-cn:states:::lambda:invoke.waitForTaskToken'])(
  'shows the service integration %s, which names no account',
  (Resource) => {
    const { States } = shown({ Step: { Type: 'Task', Resource, Parameters: { FunctionName: FUNCTION } } });
    expect(States).toEqual({ Step: { Type: 'Task', Resource } });
  },
);

test.each([FUNCTION, 'arn:aws:states:eu-west-1:123456789012:activity:x', ' arn:aws:states:::lambda:invoke'])(
  'does not show the resource %j',
  (Resource) => {
    expect(shown({ Step: { Type: 'Task', Resource } }).States).toEqual({ Step: { Type: 'Task' } });
  },
);

test.each(['', '{', 'null', '{}', '{"StartAt":"A"}', '{"StartAt":"A","States":{"A":{}}}'])(
  'rejects %j, which is no definition',
  (text) => {
    expect(() => toShownWorkflow(text)).toThrow();
  },
);
