import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import type { EngineOptions } from './engine-options.ts';
import { createLocalRun, type LocalRun, type Resumed } from './execution.ts';
import type { StoredExecution } from './execution-rows.ts';
import { type ExecutionStore, type ListRequest, openExecutionStore } from './execution-store.ts';
import { createGate } from './gate.ts';
import { type LocalExecution, toLocalExecution } from './local-execution.ts';
import { assertSupportedFeatures } from './supported-features.ts';
import { createTaskTokens, type TaskTokens } from './task-tokens.ts';
import { brokenEnd } from './unresumable.ts';

export type { LocalExecution } from './local-execution.ts';

/** All executions: those that run, and those that have ended, also before a restart. */
export interface LocalExecutions {
  get(name: string): LocalExecution | undefined;
  /** Newest first. */
  list(request: ListRequest): { readonly executions: readonly LocalExecution[]; readonly hasMore: boolean };
  readonly size: number;
}

export interface Engine {
  readonly stateMachineArn: string;
  readonly executions: LocalExecutions;
  /** What `executions` reads from. */
  readonly store: ExecutionStore;
  start(name: string, input: string): LocalExecution;
  stop(name: string, reason: { readonly error?: string; readonly cause?: string }): void;
  /** Lets an execution that did not succeed go on from the state in which it ended, by the definition that it was started with. */
  redrive(name: string): void;
  readonly tokens: TaskTokens;
  /** Takes up every execution that the process before has left unfinished. */
  resume(): readonly Resumed[];
  /**
   * Lets no further function be invoked, and waits for those whose outcome would be lost for good: a create above all.
   * @param waitMs how long at most
   */
  finishCreates(waitMs: number): Promise<void>;
  /** Lets everything go that still runs; the next engine on the same store resumes it. */
  suspend(): void;
}

/** Runs the synthesized definition on aws-local-stepfunctions, and keeps what AWS would keep of each execution. */
export function createEngine(options: EngineOptions): Engine {
  const { stateMachine, store = openExecutionStore(':memory:') } = options;
  const { arn, definition } = stateMachine;
  assertSupportedFeatures(definition as unknown as Readonly<Record<string, unknown>>);
  refuseInvalid(definition);
  const tokens = createTaskTokens(store.tokens);
  const door = createGate();
  /** Those that have not ended; the others are on disk alone. */
  const runs = new Map<string, LocalRun>();

  function find(name: string): LocalExecution | undefined {
    const running = runs.get(name);
    if (running !== undefined) return running.execution;
    const stored = store.find(name);
    return stored && toLocalExecution(stored, arn, store);
  }

  function createRunOf(name: string): LocalRun {
    const execution = find(name);
    if (execution === undefined) throw new Error(`There is no execution ${name}.`);
    const run = createLocalRun(execution, { store, tokens, door, onOver: () => runs.delete(name) }, options);
    runs.set(name, run);
    return run;
  }

  /** What is stored of one execution must not keep the others from going on. */
  function resumeOrFail(stored: StoredExecution): Resumed {
    try {
      return createRunOf(stored.name).resume();
    } catch (error) {
      runs.get(stored.name)?.suspend();
      runs.delete(stored.name);
      return failUnresumable(stored, error);
    }
  }

  function failUnresumable(stored: StoredExecution, error: unknown): Resumed {
    const { name } = stored;
    const { outcome, event } = brokenEnd(error);
    const at = new Date();
    const execution = toLocalExecution({ ...stored, ...outcome, stopDate: at }, arn, store);
    const previousEventId = store.countEvents(name);
    const numbered = { timestamp: at, id: previousEventId + 1, previousEventId, ...event };
    store.change(name, execution);
    store.appendEvent(name, numbered);
    store.flush();
    options.onEvent?.(execution, numbered);
    return { execution, state: 'an unknown state', isInterrupted: false, failure: outcome.cause };
  }

  return {
    stateMachineArn: arn,
    store,
    tokens,
    executions: {
      get: find,
      list(request) {
        const { executions, hasMore } = store.list(request);
        return { hasMore, executions: executions.map((stored) => toLocalExecution(stored, arn, store)) };
      },
      get size() {
        return store.size;
      },
    },
    start(name, input) {
      store.add({ name, input, startDate: new Date(), status: 'RUNNING', redriveCount: 0 }, definition);
      const run = createRunOf(name);
      store.flush();
      run.begin();
      return run.execution;
    },
    stop: (name, reason) => runs.get(name)?.stop(reason),
    redrive: (name) => createRunOf(name).redrive(),
    resume() {
      const unfinished = store.list({ status: 'RUNNING', limit: Number.MAX_SAFE_INTEGER - 1 }).executions;
      return unfinished.toReversed().map(resumeOrFail);
    },
    finishCreates: door.close,
    suspend() {
      for (const run of runs.values()) run.suspend();
      runs.clear();
      door.release();
    },
  };
}

function refuseInvalid(definition: StateMachineDefinition): void {
  // The engine's validator writes into what it is given.
  new StateMachine(structuredClone(definition), { validationOptions: { checkArn: false } });
}
