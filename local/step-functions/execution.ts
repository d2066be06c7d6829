import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { callbackStatesOf } from './definition.ts';
import type { EngineOptions } from './engine-options.ts';
import { type ExecutionAttempt, startExecutionAttempt } from './execution-attempt.ts';
import type { ExecutionStore } from './execution-store.ts';
import type { Gate } from './gate.ts';
import type { NewEvent } from './history.ts';
import type { LocalExecution } from './local-execution.ts';
import { type InterruptedTask, interruptedTask, type Resumption, toResumption } from './resumption.ts';
import type { TaskTokens } from './task-tokens.ts';

/** One execution on the engine, until it has ended. */
export interface LocalRun {
  readonly execution: LocalExecution;
  begin(): void;
  /** Continues where the previous process ended. */
  resume(): Resumed;
  stop(reason: { readonly error?: string; readonly cause?: string }): void;
  /** Continues from the state in which it ended, with that state's input. */
  redrive(): void;
  /** Ends its run in this process. The next process resumes it. */
  suspend(): void;
}

/** An execution that was resumed after a restart. */
export interface Resumed {
  readonly execution: LocalExecution;
  readonly state: string;
  /** The function of this state was running when the process ended, so its effect is unknown. */
  readonly isInterrupted: boolean;
  /** Why it could not be resumed. It has ended as `FAILED`. */
  readonly failure?: string;
}

interface RunOptions {
  readonly store: ExecutionStore;
  readonly tokens: TaskTokens;
  readonly gate: Gate;
  /** Called when the execution ends. */
  readonly onOver: () => void;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export function createLocalRun(
  stored: LocalExecution,
  { store, tokens, gate, onOver }: RunOptions,
  options: EngineOptions,
): LocalRun {
  const execution: Writable<LocalExecution> = stored;
  const { name, input, startDate } = execution;
  const definition = store.definitionOf(name);
  let lastId = store.countEvents(name);
  let isSuspended = false;
  let executionAttempt: ExecutionAttempt | undefined;

  function add(event: NewEvent, timestamp = new Date()): void {
    // The engine emits a start for each of its runs. The execution starts once.
    if (event.type === 'ExecutionStarted' && lastId > 0) return;
    const numbered: HistoryEvent = { timestamp, id: lastId + 1, previousEventId: lastId, ...event };
    lastId += 1;
    store.appendEvent(name, numbered);
    options.onEvent?.(execution, numbered);
  }

  function end(outcome: Partial<LocalExecution>, event: NewEvent, at = new Date()): void {
    Object.assign(execution, { stopDate: at, ...outcome });
    store.change(name, execution);
    onOver();
    add(event, at);
    store.flush();
  }

  function go(
    where: Pick<Resumption, 'state' | 'input'>,
    resumed: Partial<Parameters<typeof startExecutionAttempt>[0]> = {},
  ): void {
    // An execution that starts while the process ends is on disk. The next process resumes it.
    if (gate.isReleased) return;
    const isOver = (): boolean => isSuspended;
    const { state: startAt, input: stateInput } = where;
    const context = { execution, definition, isOver, add, end, commit: store.flush, tokens, gate };
    executionAttempt = startExecutionAttempt({ ...context, startAt, stateInput, ...resumed }, options);
  }

  function readResumption(): Resumption {
    return toResumption(store.eventsSinceEntry(name), { state: definition.StartAt, input, startDate });
  }

  /** The definition's timeout runs from the start or the last redrive, also while no process runs. */
  function secondsLeft(): number | undefined {
    if (definition.TimeoutSeconds === undefined) return undefined;
    const redriven = store.lastEventAt(name, 'ExecutionRedriven') ?? startDate;
    return definition.TimeoutSeconds - (Date.now() - redriven.getTime()) / 1000;
  }

  /** Records a lost attempt. @returns its outcome, for the engine's Retry and Catch */
  function recordLost(interrupted: InterruptedTask, state: string): Resumption['outcomes'] {
    if ('waitsFor' in interrupted) return [];
    const { error, cause } = interrupted.lost;
    const callback = callbackStatesOf(definition).get(state);
    add(
      callback === undefined
        ? { type: 'LambdaFunctionFailed', lambdaFunctionFailedEventDetails: { error, cause } }
        : { type: 'TaskFailed', taskFailedEventDetails: { ...callback, error, cause } },
    );
    return [interrupted.lost];
  }

  return {
    execution,
    begin: () => go({ state: definition.StartAt, input }),
    resume() {
      const found = readResumption();
      const { state, open } = found;
      const left = secondsLeft();
      if (left !== undefined && left <= 0) {
        end({ status: 'TIMED_OUT' }, { type: 'ExecutionTimedOut', executionTimedOutEventDetails: {} });
        return { execution, state, isInterrupted: false };
      }
      const mayHaveActed = options.mayHaveActed?.(name, state) ?? true;
      const interrupted = open && interruptedTask(open, store.tokens.newest(name), mayHaveActed);
      const outcomes = interrupted === undefined ? [] : recordLost(interrupted, state);
      const resumption = { ...found, outcomes: [...found.outcomes, ...outcomes] };
      store.flush();
      go(found, { resumption, interrupted, secondsLeft: left });
      return { execution, state, isInterrupted: outcomes.length > 0 };
    },
    stop(reason) {
      if (execution.status !== 'RUNNING') return;
      end(
        { status: 'ABORTED', ...reason },
        { type: 'ExecutionAborted', executionAbortedEventDetails: reason },
      );
      executionAttempt?.abort();
    },
    redrive() {
      const found = readResumption();
      for (const key of ['stopDate', 'output', 'error', 'cause'] as const) delete execution[key];
      execution.status = 'RUNNING';
      execution.redriveCount += 1;
      const { redriveCount } = execution;
      store.change(name, execution);
      add({ type: 'ExecutionRedriven', executionRedrivenEventDetails: { redriveCount } });
      store.flush();
      go(found);
    },
    suspend() {
      isSuspended = true;
      executionAttempt?.suspend();
    },
  };
}
