import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { WorkerReply } from '../../../local/lambda/function-worker.ts';
import { createEngine, type Engine } from '../../../local/step-functions/engine.ts';
import type { EngineOptions } from '../../../local/step-functions/engine-options.ts';
import { type ExecutionStore, openExecutionStore } from '../../../local/step-functions/execution-store.ts';
import { ARN } from '../../harness/engine-client.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:Step';
const HOUR_MS = 3_600_000;

/** A create, which must not be repeated, and a check, which may be repeated. */
const MACHINE = {
  StartAt: 'Submit',
  States: {
    Submit: {
      Type: 'Task',
      Resource: FUNCTION,
      Parameters: { state: 'Submit', 'tries.$': '$$.State.RetryCount', 'since.$': '$$.State.EnteredTime' },
      TimeoutSeconds: 60,
      Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 5, IntervalSeconds: 600 }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Record' }],
      Next: 'Wait',
    },
    Wait: { Type: 'Wait', SecondsPath: '$.wait.seconds', Next: 'Check' },
    Check: {
      Type: 'Task',
      Resource: FUNCTION,
      Parameters: { 'state.$': '$$.State.Name', 'tries.$': '$$.State.RetryCount' },
      TimeoutSeconds: 60,
      Retry: [{ ErrorEquals: ['Busy', 'Runtime.ExitError'], MaxAttempts: 2, IntervalSeconds: 600 }],
      Next: 'Done',
    },
    Record: { Type: 'Task', Resource: FUNCTION, TimeoutSeconds: 60, Next: 'Done' },
    Done: { Type: 'Succeed' },
  },
} as unknown as StateMachineDefinition;

type Invoke = (event: Readonly<Record<string, unknown>>) => Promise<WorkerReply>;

const good = (result: unknown): WorkerReply => ({ ok: true, result: JSON.stringify(result) });
const busy: WorkerReply = { ok: false, error: { errorType: 'Busy', errorMessage: 'too many' } };
const never = new Promise<never>(() => undefined);

/** A function that records its events. */
function recording(answer: Invoke = async () => good({})): {
  readonly invoked: Parameters<Invoke>[0][];
  readonly invoke: Invoke;
} {
  const invoked: Parameters<Invoke>[0][] = [];
  const invoke: Invoke = (event) => {
    invoked.push(event);
    return answer(event);
  };
  return { invoked, invoke };
}

interface Bench extends Pick<EngineOptions, 'pauseMs'> {
  readonly store?: ExecutionStore;
  readonly definition?: StateMachineDefinition;
  readonly invoke?: Invoke;
  readonly mayHaveActed?: () => boolean;
}

/** An engine on a store, until the test is over. */
function engineOn({
  definition = MACHINE,
  store = openExecutionStore(':memory:'),
  invoke,
  ...rest
}: Bench): Engine {
  const engine = createEngine({
    stateMachine: { arn: ARN, roleArn: 'arn:aws:iam::000000000000:role/Machine', definition },
    lambda: {
      async invoke(_arn, event, options) {
        options?.onBegin?.();
        return (invoke ?? (async () => good({})))(JSON.parse(event));
      },
    },
    store,
    ...rest,
  });
  onTestFinished(() => engine.suspend());
  return engine;
}

/** Starts an execution, and suspends its engine after this event. */
async function suspendedAt(
  type: HistoryEvent['type'],
  bench: Bench,
  input: object = {},
): Promise<ExecutionStore> {
  const engine = engineOn(bench);
  const execution = engine.start('one', JSON.stringify(input));
  await vi.waitFor(() => expect(execution.events.map((event) => event.type)).toContain(type));
  engine.suspend();
  return engine.store;
}

async function endOf(engine: Engine): Promise<NonNullable<ReturnType<Engine['executions']['get']>>> {
  await vi.waitFor(() => expect(engine.executions.get('one')?.status).not.toBe('RUNNING'));
  const ended = engine.executions.get('one');
  if (ended === undefined) throw new Error('There is no execution "one".');
  return ended;
}

const typesOf = (events: readonly HistoryEvent[]): readonly unknown[] => events.map(({ type }) => type);

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
  await vi.waitFor(() => expect(checks()).toBe(2));
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
  await vi.waitFor(() => expect(invoked).toHaveLength(1));
  engine.tokens.settle(String(invoked[0]?.token), { ok: true, output: '{"sent":true}' });
  await vi.waitFor(() => expect(invoked).toHaveLength(2));
  engine.suspend();
  expect(execution.status).toBe('RUNNING');
  const next = engineOn({ ...bench, store: engine.store });
  expect(next.resume()).toMatchObject([{ state: 'Submit', isInterrupted: true }]);
  expect(await endOf(next)).toMatchObject({ status: 'FAILED', error: 'Runtime.ExitError' });
  expect(invoked).toHaveLength(2);
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
