import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { expect, test } from 'vitest';
import { endOf, engineOn, FUNCTION, good, never, recording, suspendedAt } from './resumable-engine.ts';

const WAITING = {
  StartAt: 'Ask',
  States: {
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Parameters: { FunctionName: FUNCTION, Payload: { 'token.$': '$$.Task.Token' } },
      TimeoutSeconds: 3600,
      Next: 'Done',
    },
    Done: { Type: 'Succeed' },
  },
} as unknown as StateMachineDefinition;

test('waits again for the token that a task had before the restart', async () => {
  const { invoked: asked, invoke } = recording();
  const store = await suspendedAt('TaskSubmitted', { definition: WAITING, invoke });
  const engine = engineOn({ definition: WAITING, store, invoke });
  expect(engine.resume()).toMatchObject([{ state: 'Ask', isInterrupted: false }]);
  expect(engine.tokens.settle(String(asked[0]?.token), { ok: true, output: '"sent"' })).toBe('delivered');
  expect(await endOf(engine)).toMatchObject({ status: 'SUCCEEDED', output: '"sent"' });
  expect(asked).toHaveLength(1);
});

test('keeps the outcome that was sent for a token before the process ended', async () => {
  const { invoked: asked, invoke } = recording(() => never);
  const store = await suspendedAt('TaskStarted', { definition: WAITING, invoke });
  const token = String(asked[0]?.token);
  store.tokens.settle(token, { ok: false, error: 'GaveUp', cause: 'too long' });
  const engine = engineOn({ definition: WAITING, store });
  engine.resume();
  expect(await endOf(engine)).toMatchObject({ status: 'FAILED', error: 'GaveUp', cause: 'too long' });
  expect(engine.tokens.settle(token, { ok: true, output: '1' })).toBe('expired');
});

const SUBMITTING_AFTER_WAITING = {
  StartAt: 'Ask',
  States: {
    Ask: { ...WAITING.States.Ask, Next: 'Submit' },
    Submit: { Type: 'Task', Resource: FUNCTION, TimeoutSeconds: 60, Next: 'Done' },
    Done: { Type: 'Succeed' },
  },
} as unknown as StateMachineDefinition;

test('does not take the token of an earlier state for that of an interrupted function', async () => {
  const { invoked, invoke } = recording(async (event) => ('token' in event ? good({}) : never));
  const bench = { definition: SUBMITTING_AFTER_WAITING, invoke };
  const engine = engineOn(bench);
  const execution = engine.start('one', '{}');
  await expect.poll(() => invoked).toHaveLength(1);
  engine.tokens.settle(String(invoked[0]?.token), { ok: true, output: '{"sent":true}' });
  await expect.poll(() => invoked).toHaveLength(2);
  engine.suspend();
  expect(execution.status).toBe('RUNNING');
  const next = engineOn({ ...bench, store: engine.store });
  expect(next.resume()).toMatchObject([{ state: 'Submit', isInterrupted: true }]);
  expect(await endOf(next)).toMatchObject({ status: 'FAILED', error: 'Runtime.ExitError' });
  expect(invoked).toHaveLength(2);
});
