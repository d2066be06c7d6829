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
  /** Goes on where the process before has left it. @returns the state */
  resume(): Resumed;
  stop(reason: { readonly error?: string; readonly cause?: string }): void;
  /** Goes on from the state in which it ended, with that state's input. */
  redrive(): void;
  /** Lets it go as it is, for the next process to resume. */
  suspend(): void;
}

/** An execution that was taken up after a restart. */
export interface Resumed {
  readonly execution: LocalExecution;
  readonly state: string;
  /** Was the function of this state running when the process ended, so that nobody knows what it has done? */
  readonly isInterrupted: boolean;
  /** Why it could not be taken up, so that it has ended as `FAILED`. */
  readonly failure?: string;
}

interface RunOptions {
  readonly store: ExecutionStore;
  readonly tokens: TaskTokens;
  readonly door: Gate;
  /** Is told when the execution is over. */
  readonly onOver: () => void;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export function createLocalRun(
  stored: LocalExecution,
  { store, tokens, door, onOver }: RunOptions,
  options: EngineOptions,
): LocalRun {
  const execution: Writable<LocalExecution> = stored;
  const { name, input, startDate } = execution;
  const definition = store.definitionOf(name);
  let lastId = store.countEvents(name);
  let isSuspended = false;
  let executionAttempt: ExecutionAttempt | undefined;

  function add(event: NewEvent, timestamp = new Date()): void {
    // The engine starts anew for each redrive and each restart; the execution does not.
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
    // What is started while the process ends is on disk, for the next one.
    if (door.isReleased) return;
    const life = { isOver: () => isSuspended, add, end, commit: store.flush, tokens, door };
    const place = { startAt: where.state, stateInput: where.input };
    executionAttempt = startExecutionAttempt(
      { execution, definition, ...life, ...place, ...resumed },
      options,
    );
  }

  /** The time of the definition counts from the start or the last redrive on, whatever was down meanwhile. */
  function secondsLeft(): number | undefined {
    if (definition.TimeoutSeconds === undefined) return undefined;
    const redriven = store.lastEventAt(name, 'ExecutionRedriven') ?? startDate;
    return definition.TimeoutSeconds - (Date.now() - redriven.getTime()) / 1000;
  }

  function lose(interrupted: InterruptedTask, state: string): Resumption['outcomes'] {
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
      const found = toResumption(store.eventsSinceEntry(name), {
        state: definition.StartAt,
        input,
        startDate,
      });
      const { state, open } = found;
      const left = secondsLeft();
      if (left !== undefined && left <= 0) {
        end({ status: 'TIMED_OUT' }, { type: 'ExecutionTimedOut', executionTimedOutEventDetails: {} });
        return { execution, state, isInterrupted: false };
      }
      const mayHaveActed = options.mayHaveActed?.(name, state) ?? true;
      const interrupted = open && interruptedTask(open, store.tokens.newest(name), mayHaveActed);
      const outcomes = interrupted === undefined ? [] : lose(interrupted, state);
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
      const found = toResumption(store.eventsSinceEntry(name), {
        state: definition.StartAt,
        input,
        startDate,
      });
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
