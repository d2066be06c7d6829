import { setImmediate as engineHasSpoken } from 'node:timers/promises';
import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { awaitToken, type Callback, type PutObject, runCallbackTask } from './callback-task.ts';
import { bindContext } from './context-values.ts';
import { callbackStatesOf, type Overrides, TIMEOUT_PARAMETER, withTimeoutsAsParameters } from './definition.ts';
import type { EngineOptions } from './engine.ts';
import { type EngineEvent, type NewEvent, toHistoryEvent, toText } from './history.ts';
import { namedError, runFunctionTask, type TaskSite, toResult } from './lambda-task.ts';
import type { LocalExecution } from './local-execution.ts';
import { createReplay } from './replay.ts';
import type { InterruptedTask, Resumption } from './resumption.ts';
import type { TaskToken, TaskTokens } from './task-tokens.ts';

type TaskHandlers = NonNullable<Overrides['taskResourceLocalHandlers']>;

/** From the start, from a redrive or from a restart of the process to the next end. */
export interface Leg {
  /** Ends it for good: a token that it waits for is worth nothing any more. */
  abort(): void;
  /** Lets it go, so that the process can end; the next process takes it up. */
  suspend(): void;
}

interface LegOptions {
  readonly execution: LocalExecution;
  readonly definition: StateMachineDefinition;
  readonly isOver: () => boolean;
  readonly add: (event: NewEvent, at?: Date) => void;
  readonly end: (outcome: Partial<LocalExecution>, event: NewEvent, at: Date) => void;
  readonly commit: () => void;
  readonly tokens: TaskTokens;
  readonly startAt: string;
  /** JSON text. */
  readonly stateInput: string;
  /** How long the execution may still take. @default as long as the definition says */
  readonly secondsLeft?: number | undefined;
  readonly resumption?: Resumption | undefined;
  readonly interrupted?: InterruptedTask | undefined;
}

/** What an earlier leg still does can neither write into the history nor go on: it is over for good. */
export function startLeg(options: LegOptions, engineOptions: EngineOptions): Leg {
  const { execution, definition, isOver, add, end, commit, tokens, startAt, resumption, interrupted } = options;
  const { stateMachine, lambda, putObject = withoutS3, pauseMs, waitMs = pauseMs } = engineOptions;
  const { arn, roleArn } = stateMachine;
  const { redriveCount } = execution;
  const isRunning = (): boolean =>
    !isOver() && execution.status === 'RUNNING' && execution.redriveCount === redriveCount;
  const callbackStates = callbackStatesOf(definition);
  const now = Date.now();
  const isInterrupted = interrupted !== undefined && 'lost' in interrupted;
  const replay = createReplay(resumption, { definition, pauseMs, isInterrupted, now });
  const bound = bindContext(definition, execution.startDate.toISOString());
  const entry = { Name: startAt, EnteredTime: new Date(now), RetryCount: 0 };
  let openToken = interrupted !== undefined && 'waitsFor' in interrupted ? interrupted.waitsFor : undefined;
  /** Counts attempts, so that one which the engine has given up on can no longer write into the history. */
  let attempt = 0;
  let token: TaskToken | undefined;

  const site: TaskSite = {
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

  function tell(event: EngineEvent): void {
    const isRecorded = replay.isRecorded(event);
    if (event.type === 'StateRetried') entry.RetryCount += 1;
    if (event.type === 'StateEntered')
      Object.assign(entry, { Name: event.state.name, EnteredTime: replay.enteredAt(event), RetryCount: 0 });
    const translated = toHistoryEvent(event, { roleArn, callbackStates });
    if (isRecorded || translated === undefined) return;
    if (translated.type === 'LambdaFunctionTimedOut' || translated.type === 'TaskTimedOut') {
      attempt += 1;
      token?.close();
    }
    const outcome = toOutcome(event);
    const at = new Date(event.timestamp);
    if (outcome === undefined) add(translated, at);
    else end(outcome, translated, at);
  }

  async function follow(engineEvents: AsyncIterable<EngineEvent>): Promise<void> {
    for await (const event of engineEvents) {
      if (!isRunning()) return;
      tell(event);
    }
  }

  function attemptValue(field: string): unknown {
    if (field !== 'Task.Token') return entry[field.slice('State.'.length) as keyof typeof entry];
    token = tokens.issue(execution.name);
    return token.token;
  }

  function timeoutOf(seconds: unknown, sinceMs: number): number | undefined {
    if (seconds === undefined) return undefined;
    const wholeMs = (typeof waitMs === 'function' ? waitMs() : waitMs) ?? Number(seconds) * 1000;
    return Math.max(0, wholeMs - sinceMs);
  }

  function runCallback(callback: Callback, input: unknown): ReturnType<TaskHandlers[string]> {
    const { [TIMEOUT_PARAMETER]: seconds, ...parameters } = input as Readonly<Record<string, unknown>>;
    const resumed = openToken;
    openToken = undefined;
    if (resumed !== undefined) token = tokens.reopen(resumed);
    const scheduledAt = resumption?.open?.scheduledAt.getTime() ?? now;
    const sinceMs = resumed === undefined ? 0 : now - scheduledAt;
    const given = resumed === undefined ? bound.resolve(parameters, attemptValue) : parameters;
    if (token === undefined) throw new Error('The task waits for a token that it has given to nobody.');
    const timeoutMs = (): number | undefined => timeoutOf(seconds, sinceMs);
    const callbackSite = { ...site, callback, putObject, token, timeoutMs };
    if (resumed !== undefined) return awaitToken(callbackSite);
    return runCallbackTask(given as Readonly<Record<string, unknown>>, callbackSite);
  }

  async function run(stateName: string, resource: string, input: unknown): Promise<ReturnType<typeof JSON.parse>> {
    const outcome = replay.outcomeOf(stateName);
    if (outcome?.ok === true) return toResult(outcome.output);
    if (outcome !== undefined) throw namedError(outcome.error, outcome.cause);
    // The events before this attempt stand in the history then.
    await engineHasSpoken();
    const callback = callbackStates.get(stateName);
    if (callback !== undefined) return runCallback(callback, input);
    return runFunctionTask(resource, bound.resolve(input, attemptValue), site);
  }

  const { States } = definition;
  const each = <T>(valueOf: (name: string) => T): Readonly<Record<string, T>> =>
    Object.defineProperties(
      {},
      Object.fromEntries(Object.keys(States).map((name) => [name, { get: () => valueOf(name), enumerable: true }])),
    );
  const taskResourceLocalHandlers: TaskHandlers = Object.fromEntries(
    Object.entries(States).flatMap(([name, state]) =>
      'Resource' in state ? [[name, (input: unknown) => run(name, state.Resource, input)]] : [],
    ),
  );
  const timed = withTimeoutsAsParameters(bound.definition);
  const { secondsLeft = definition.TimeoutSeconds } = options;
  // Checked already; from the middle on, the validator would miss the states before it.
  const unchecked = { validationOptions: { noValidate: true } };
  const limit = secondsLeft === undefined ? {} : { TimeoutSeconds: secondsLeft };
  const machine = new StateMachine({ ...timed, ...limit, StartAt: startAt }, unchecked);
  const { eventLogs, result, abort } = machine.run(JSON.parse(options.stateInput), {
    context: {
      Execution: { Id: execution.arn, Name: execution.name, RoleArn: roleArn, RedriveCount: redriveCount },
      StateMachine: { Id: arn, Name: arn.split(':').at(-1) },
    },
    overrides: {
      taskResourceLocalHandlers,
      waitTimeOverrides: each((name) => replay.waitTimeOf(name)) as Record<string, number>,
      retryIntervalOverrides: each((name) => replay.retryIntervalOf(name)) as Record<string, number | number[]>,
    },
  });
  result.catch(() => undefined);
  void follow(eventLogs);
  return {
    abort() {
      abort();
      // A task that waits for it would hold up the end of the process.
      if (token !== undefined) tokens.settle(token.token, ENDED);
    },
    suspend() {
      abort();
      if (token !== undefined) tokens.release(token.token);
    },
  };
}

const ENDED = { ok: false, error: 'States.TaskFailed', cause: 'The execution has ended.' } as const;

const withoutS3: PutObject = () => Promise.reject(new Error('This engine was given no S3.'));

function toOutcome(event: EngineEvent): Partial<LocalExecution> | undefined {
  switch (event.type) {
    case 'ExecutionSucceeded':
      return { status: 'SUCCEEDED', output: JSON.stringify(event.output) };
    case 'ExecutionFailed':
      return { status: 'FAILED', error: event.Error, cause: toText(event.Cause) };
    case 'ExecutionTimeout':
      return { status: 'TIMED_OUT' };
    default:
      return undefined;
  }
}
