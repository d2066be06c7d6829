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

/*
 * aws-local-stepfunctions runs a definition once, in memory, from its first state to its end. Step Functions does more, and
 * this folder adds it:
 * - executions by name that outlive the process, with their histories and definitions (execution-store, event-table, history);
 * - stop, redrive and resumption after a restart (execution, resumption, replay, retry-pauses);
 * - tasks that wait for a token, with `TimeoutSecondsPath` (callback-task, task-tokens, definition);
 * - `$$.State`, `$$.Task.Token` and a lasting `$$.Execution.StartTime` in parameters (context-values);
 * - the limit of 256 KiB between states, and Lambda's events and errors (lambda-task).
 * What is still missing is rejected when the engine is created (supported-features).
 *
 * An execution has one attempt for its start, one for each redrive and one for each restart (execution-attempt). Each
 * attempt is a run of the library on the definition with another `StartAt`. A run can neither be continued nor be started
 * in the middle. A stopped run continues its current task, so an attempt that has ended is barred from the history.
 */

/** All executions, running and ended, also those of earlier processes. */
export interface LocalExecutions {
  get(name: string): LocalExecution | undefined;
  /** Newest first. */
  list(request: ListRequest): { readonly executions: readonly LocalExecution[]; readonly hasMore: boolean };
  readonly size: number;
}

export interface Engine {
  readonly stateMachineArn: string;
  /** Of new executions. Each execution keeps its own. */
  readonly definition: StateMachineDefinition;
  readonly executions: LocalExecutions;
  readonly store: ExecutionStore;
  start(name: string, input: string): LocalExecution;
  stop(name: string, reason: { readonly error?: string; readonly cause?: string }): void;
  /** Continues a failed execution from the state in which it ended, on the definition with which it was started. */
  redrive(name: string): void;
  readonly tokens: TaskTokens;
  /** Continues every execution that the previous process left unfinished. */
  resume(): readonly Resumed[];
  /**
   * Stops the invocation of functions, and waits for the running ones that no Retry repeats, such as a create.
   * @param waitMs how long at most
   */
  finishCreates(waitMs: number): Promise<void>;
  /** Ends all runs in this process. The next engine on this store resumes them. */
  suspend(): void;
}

/** Runs the synthesized definition on aws-local-stepfunctions, and stores its executions. */
export function createEngine(options: EngineOptions): Engine {
  const { stateMachine, store = openExecutionStore(':memory:') } = options;
  const { arn, definition } = stateMachine;
  assertSupportedFeatures(definition as unknown as Readonly<Record<string, unknown>>);
  assertValid(definition);
  const tokens = createTaskTokens(store.tokens);
  const gate = createGate();
  /** Executions that have not ended. The others are only on disk. */
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
    const run = createLocalRun(execution, { store, tokens, gate, onOver: () => runs.delete(name) }, options);
    runs.set(name, run);
    return run;
  }

  /** A damaged execution ends as failed. It must not keep the others from continuing. */
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
    definition,
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
    finishCreates: gate.close,
    suspend() {
      for (const run of runs.values()) run.suspend();
      runs.clear();
      gate.release();
    },
  };
}

function assertValid(definition: StateMachineDefinition): void {
  // The library's validator changes its argument.
  new StateMachine(structuredClone(definition), { validationOptions: { checkArn: false } });
}
