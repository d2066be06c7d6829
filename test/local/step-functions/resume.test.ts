import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { expect, test, vi } from 'vitest';
import { openExecutionStore } from '../../../local/step-functions/execution-store.ts';
import {
  busy,
  endOf,
  engineOn,
  good,
  HOUR_MS,
  type Invoke,
  MACHINE,
  never,
  recording,
  suspendedAt,
  typesOf,
} from './resumable-engine.ts';

test('never invokes an interrupted create again: the attempt fails as Runtime.ExitError', async () => {
  const store = await suspendedAt('LambdaFunctionStarted', { invoke: () => never });
  const { invoked, invoke } = recording();
  const engine = engineOn({ store, invoke });
  expect(engine.resume()).toMatchObject([{ state: 'Submit', isInterrupted: true }]);
  const { events, status } = await endOf(engine);
  expect(status).toBe('SUCCEEDED');
  expect(invoked).toEqual([{ Error: 'Runtime.ExitError', Cause: expect.stringContaining('ended before') }]);
  expect(typesOf(events).slice(0, 8)).toEqual([
    'ExecutionStarted',
    'TaskStateEntered',
    'LambdaFunctionScheduled',
    'LambdaFunctionStarted',
    'LambdaFunctionFailed',
    'TaskStateExited',
    'TaskStateEntered',
    'LambdaFunctionScheduled',
  ]);
  expect(events.map(({ id }) => id)).toEqual(events.map((_event, index) => index + 1));
});

test('retries a create that was certainly not sent, as a function that was never invoked', async () => {
  const retried = structuredClone(MACHINE) as unknown as {
    States: { Submit: { Retry: { ErrorEquals: string[] }[] } };
  };
  retried.States.Submit.Retry[0]?.ErrorEquals.push('Lambda.TooManyRequestsException');
  const definition = retried as unknown as StateMachineDefinition;
  const store = await suspendedAt('LambdaFunctionStarted', { definition, invoke: () => never });
  const { invoked, invoke } = recording(async () => good({ wait: { seconds: 0 } }));
  const engine = engineOn({ definition, store, invoke, mayHaveActed: () => false });
  engine.resume();
  expect((await endOf(engine)).status).toBe('SUCCEEDED');
  expect(invoked[0]).toMatchObject({ state: 'Submit', tries: 1 });
});

test('retries an interrupted check at once, and continues to count its attempts', async () => {
  const hang: Invoke = ({ state }) =>
    state === 'Check' ? never : Promise.resolve(good({ wait: { seconds: 0 } }));
  const first = engineOn({ invoke: hang, pauseMs: 0 });
  const execution = first.start('one', '{}');
  const checks = () => execution.events.filter(({ type }) => type === 'LambdaFunctionStarted').length;
  await expect.poll(() => checks()).toBe(2);
  first.suspend();
  const { invoked, invoke } = recording();
  const second = engineOn({ store: first.store, invoke });
  expect(second.resume()).toMatchObject([{ state: 'Check', isInterrupted: true }]);
  expect((await endOf(second)).status).toBe('SUCCEEDED');
  expect(invoked).toEqual([{ state: 'Check', tries: 1 }]);
});

test('continues a retry whose pause is over with the next attempt and its number, under one entry', async () => {
  const store = openExecutionStore(':memory:');
  const startDate = new Date(Date.now() - HOUR_MS);
  store.add({ name: 'one', input: '{}', startDate, status: 'RUNNING', redriveCount: 0 }, MACHINE);
  const failed = { error: 'Busy', cause: 'too many' };
  const events: readonly Pick<
    HistoryEvent,
    'type' | 'stateEnteredEventDetails' | 'lambdaFunctionFailedEventDetails'
  >[] = [
    { type: 'ExecutionStarted' },
    { type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'Submit', input: '{}' } },
    { type: 'LambdaFunctionScheduled' },
    { type: 'LambdaFunctionFailed', lambdaFunctionFailedEventDetails: failed },
    { type: 'LambdaFunctionScheduled' },
    { type: 'LambdaFunctionFailed', lambdaFunctionFailedEventDetails: failed },
  ];
  for (const [index, event] of events.entries())
    store.appendEvent('one', { ...event, id: index + 1, previousEventId: index, timestamp: startDate });
  const { invoked, invoke } = recording(async () => good({ wait: { seconds: 0 } }));
  const engine = engineOn({ store, invoke });
  expect(engine.resume()).toMatchObject([{ state: 'Submit', isInterrupted: false }]);
  expect((await endOf(engine)).status).toBe('SUCCEEDED');
  expect(invoked[0]).toEqual({ state: 'Submit', tries: 2, since: startDate.toISOString() });
  expect(typesOf(store.events('one')).slice(5, 9)).toEqual([
    'LambdaFunctionFailed',
    'LambdaFunctionScheduled',
    'LambdaFunctionStarted',
    'LambdaFunctionSucceeded',
  ]);
});

test('counts the retries before the restart: Catch gets the error after the last one', async () => {
  const store = await suspendedAt('LambdaFunctionFailed', { invoke: async () => busy });
  const engine = engineOn({
    store,
    invoke: async ({ state }) => (state === 'Submit' ? busy : good({})),
    pauseMs: 0,
  });
  engine.resume();
  const { events } = await endOf(engine);
  expect(events.filter(({ type }) => type === 'LambdaFunctionFailed')).toHaveLength(6);
});

test('waits only for the rest of a Wait', async () => {
  const store = openExecutionStore(':memory:');
  const startDate = new Date(Date.now() - 2 * HOUR_MS);
  const input = JSON.stringify({ wait: { seconds: 3600 } });
  store.add({ name: 'one', input: '{}', startDate, status: 'RUNNING', redriveCount: 0 }, MACHINE);
  store.appendEvent('one', { id: 1, type: 'ExecutionStarted', timestamp: startDate });
  const entered = { id: 2, type: 'WaitStateEntered', timestamp: startDate } as const;
  store.appendEvent('one', { ...entered, stateEnteredEventDetails: { name: 'Wait', input } });
  const engine = engineOn({ store });
  expect(engine.resume()).toMatchObject([{ state: 'Wait' }]);
  const { events } = await endOf(engine);
  expect(typesOf(events).slice(0, 4)).toEqual([
    'ExecutionStarted',
    'WaitStateEntered',
    'WaitStateExited',
    'TaskStateEntered',
  ]);
});

test('uses a recorded outcome, and does not invoke its function again', async () => {
  const store = openExecutionStore(':memory:');
  const timestamp = new Date();
  store.add({ name: 'one', input: '{}', startDate: timestamp, status: 'RUNNING', redriveCount: 0 }, MACHINE);
  const output = JSON.stringify({ wait: { seconds: 0 } });
  const events: readonly HistoryEvent[] = [
    { id: 1, timestamp, type: 'ExecutionStarted' },
    { id: 2, timestamp, type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'Submit', input: '{}' } },
    { id: 3, timestamp, type: 'LambdaFunctionScheduled' },
    { id: 4, timestamp, type: 'LambdaFunctionSucceeded', lambdaFunctionSucceededEventDetails: { output } },
  ];
  for (const event of events) store.appendEvent('one', event);
  const { invoked, invoke } = recording();
  const engine = engineOn({ store, invoke });
  expect(engine.resume()).toMatchObject([{ isInterrupted: false }]);
  expect((await endOf(engine)).status).toBe('SUCCEEDED');
  expect(invoked).toEqual([{ state: 'Check', tries: 0 }]);
});

test("counts the definition's timeout from the start, restarts included", async () => {
  const store = openExecutionStore(':memory:');
  const startDate = new Date(Date.now() - HOUR_MS);
  const definition = { ...MACHINE, TimeoutSeconds: 600 };
  store.add({ name: 'one', input: '{}', startDate, status: 'RUNNING', redriveCount: 0 }, definition);
  const invoke = vi.fn<Invoke>(async () => good({}));
  const engine = engineOn({ store, invoke });
  engine.resume();
  expect(await endOf(engine)).toMatchObject({ status: 'TIMED_OUT' });
  expect(invoke).not.toHaveBeenCalled();
});

test('continues an execution on the definition with which it was started', async () => {
  const store = await suspendedAt('LambdaFunctionStarted', { invoke: () => never });
  const other = { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } } satisfies StateMachineDefinition;
  const engine = engineOn({ store, definition: other, invoke: async () => good({}) });
  engine.resume();
  const { events } = await endOf(engine);
  expect(JSON.stringify(events)).toContain('"name":"Record"');
});

test('begins a list page behind the previous one, also after further starts', () => {
  const engine = engineOn({ invoke: () => never });
  for (const name of ['a', 'b', 'c']) engine.start(name, '{}');
  const first = engine.executions.list({ limit: 2 });
  engine.start('d', '{}');
  const second = engine.executions.list({ limit: 2, before: 'b' });
  const names = [first, second].map(({ executions }) => executions.map(({ name }) => name));
  expect(names).toEqual([['c', 'b'], ['a']]);
});
