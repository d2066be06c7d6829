import { setImmediate as flushEvents } from 'node:timers/promises';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { awaitToken, runCallbackTask } from './callback-task.ts';
import type { BoundContext } from './context-values.ts';
import { callbackStatesOf, TIMEOUT_PARAMETER } from './definition.ts';
import type { EngineOptions } from './engine-options.ts';
import type { Gate } from './gate.ts';
import type { EngineEvent, NewEvent } from './history.ts';
import { namedError, runFunctionTask, type TaskContext, toResult } from './lambda-task.ts';
import type { Replay } from './replay.ts';
import { type InterruptedTask, LOST, type Resumption } from './resumption.ts';
import { isRepeatedWhenLost } from './retry-pauses.ts';
import type { Callback } from './task-resources.ts';
import type { TaskToken, TaskTokens } from './task-tokens.ts';

type Result = Promise<ReturnType<typeof JSON.parse>>;

/** Runs the tasks of one execution attempt, one after the other. */
export interface TaskRunner {
  run(stateName: string, resource: string, input: unknown): Result;
  /** Receives every event of the engine, to follow its current state and retry. */
  notice(event: EngineEvent): void;
  /** Ends the attempt that the engine has timed out: its later events are dropped, and its token expires. */
  giveUpAttempt(): void;
  /** The newest token. */
  readonly token: string | undefined;
}

interface RunnerOptions {
  readonly executionName: string;
  readonly definition: StateMachineDefinition;
  readonly context: BoundContext;
  readonly replay: Replay;
  readonly tokens: TaskTokens;
  readonly isRunning: () => boolean;
  readonly add: (event: NewEvent) => void;
  readonly commit: () => void;
  readonly gate: Gate;
  readonly resumption: Resumption | undefined;
  readonly interrupted: InterruptedTask | undefined;
}

export function createTaskRunner(options: RunnerOptions, engineOptions: EngineOptions): TaskRunner {
  const { executionName, definition, context, replay, tokens, isRunning, add, commit, resumption } = options;
  const { interrupted, gate } = options;
  const { lambda, pauseMs, waitMs = pauseMs } = engineOptions;
  const callbackStates = callbackStatesOf(definition);
  const entry = { Name: '', EnteredTime: new Date(), RetryCount: 0 };
  let openToken = interrupted !== undefined && 'waitsFor' in interrupted ? interrupted.waitsFor : undefined;
  /** Identifies the current attempt. An earlier one can no longer write into the history. */
  let attempt = 0;
  let token: TaskToken | undefined;

  const task: TaskContext = {
    lambda,
    isRunning,
    commit,
    beginAttempt() {
      attempt += 1;
      const mine = attempt;
      return (event) => {
        if (mine === attempt && isRunning()) add(event);
      };
    },
  };

  function attemptValue(field: string): unknown {
    if (field !== 'Task.Token') return entry[field.slice('State.'.length) as keyof typeof entry];
    token = tokens.issue(executionName);
    return token.token;
  }

  function timeoutOf(seconds: unknown, passedMs: number): number | undefined {
    if (seconds === undefined) return undefined;
    const wholeMs = (typeof waitMs === 'function' ? waitMs() : waitMs) ?? Number(seconds) * 1000;
    return Math.max(0, wholeMs - passedMs);
  }

  function runFunction(stateName: string, resource: string, input: unknown): Result {
    const attempted = runFunctionTask(resource, context.resolve(input, attemptValue), task);
    if (!isRepeatedWhenLost(definition.States[stateName], LOST)) gate.guard(attempted);
    return attempted;
  }

  function runCallback(callback: Callback, input: unknown): Result {
    const { [TIMEOUT_PARAMETER]: seconds, ...parameters } = input as Readonly<Record<string, unknown>>;
    const given = context.resolve(parameters, attemptValue) as Readonly<Record<string, unknown>>;
    if (token === undefined)
      throw new Error('The task waits for a token that its parameters do not contain.');
    const timeoutMs = (): number | undefined => timeoutOf(seconds, 0);
    return runCallbackTask(given, { ...task, callback, token, timeoutMs });
  }

  function waitOn(callback: Callback, reopened: string, input: unknown): Result {
    const { [TIMEOUT_PARAMETER]: seconds } = input as Readonly<Record<string, unknown>>;
    const passedMs = Date.now() - (resumption?.open?.scheduledAt.getTime() ?? Date.now());
    token = tokens.reopen(reopened);
    const timeoutMs = (): number | undefined => timeoutOf(seconds, passedMs);
    return awaitToken({ ...task, callback, token, timeoutMs });
  }

  return {
    get token() {
      return token?.token;
    },
    async run(stateName, resource, input) {
      const outcome = replay.outcomeOf(stateName);
      if (outcome?.ok === true) return toResult(outcome.output);
      if (outcome !== undefined) throw namedError(outcome.error, outcome.cause);
      // The engine's events before this attempt are in the history after this turn of the event loop.
      await flushEvents();
      await gate.enter();
      const reopened = openToken;
      openToken = undefined;
      const callback = callbackStates.get(stateName);
      if (callback === undefined) return runFunction(stateName, resource, input);
      return reopened === undefined ? runCallback(callback, input) : waitOn(callback, reopened, input);
    },
    notice(event) {
      if (event.type === 'StateRetried') entry.RetryCount += 1;
      if (event.type !== 'StateEntered') return;
      Object.assign(entry, { Name: event.state.name, EnteredTime: replay.enteredAt(event), RetryCount: 0 });
    },
    giveUpAttempt() {
      attempt += 1;
      token?.close();
    },
  };
}
