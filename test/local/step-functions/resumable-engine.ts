import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { expect, onTestFinished } from 'vitest';
import type { WorkerReply } from '../../../local/lambda/function-worker.ts';
import { createEngine, type Engine } from '../../../local/step-functions/engine.ts';
import type { EngineOptions } from '../../../local/step-functions/engine-options.ts';
import { type ExecutionStore, openExecutionStore } from '../../../local/step-functions/execution-store.ts';
import { ARN } from '../../harness/engine-client.ts';

export const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:Step';
export const HOUR_MS = 3_600_000;

/** A create, which must not be repeated, and a check, which may be repeated. */
export const MACHINE = {
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

export type Invoke = (event: Readonly<Record<string, unknown>>) => Promise<WorkerReply>;

export const good = (result: unknown): WorkerReply => ({ ok: true, result: JSON.stringify(result) });
export const busy: WorkerReply = { ok: false, error: { errorType: 'Busy', errorMessage: 'too many' } };
export const never = new Promise<never>(() => undefined);

/** A function that records its events. */
export function recording(answer: Invoke = async () => good({})): {
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
export function engineOn({
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
export async function suspendedAt(
  type: HistoryEvent['type'],
  bench: Bench,
  input: object = {},
): Promise<ExecutionStore> {
  const engine = engineOn(bench);
  const execution = engine.start('one', JSON.stringify(input));
  await expect.poll(() => execution.events.map((event) => event.type)).toContain(type);
  engine.suspend();
  return engine.store;
}

export async function endOf(engine: Engine): Promise<NonNullable<ReturnType<Engine['executions']['get']>>> {
  await expect.poll(() => engine.executions.get('one')?.status).not.toBe('RUNNING');
  const ended = engine.executions.get('one');
  if (ended === undefined) throw new Error('There is no execution "one".');
  return ended;
}

export const typesOf = (events: readonly HistoryEvent[]): readonly unknown[] =>
  events.map(({ type }) => type);
