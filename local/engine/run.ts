import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { StateMachine } from 'aws-local-stepfunctions';
import { callbackStatesOf, withPauses, withStartTime } from './definition.ts';
import type { EngineOptions, LocalExecution } from './engine.ts';
import { type EngineEvent, type NewEvent, toHistoryEvent, toText } from './history.ts';
import { runCallbackTask, runFunctionTask, type TaskSite } from './lambda-task.ts';
import type { TaskTokens, TokenOutcome } from './task-tokens.ts';

/** One execution on the engine, from its start on. */
export interface Run {
  readonly execution: LocalExecution;
  stop(reason: { readonly error?: string; readonly cause?: string }): void;
  /** Goes on from the state in which it ended, with that state's input. */
  redrive(): void;
}

interface Start {
  readonly name: string;
  /** JSON text. */
  readonly input: string;
  readonly tokens: TaskTokens;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Overrides = NonNullable<NonNullable<Parameters<StateMachine['run']>[1]>['overrides']>;
type TaskHandlers = NonNullable<Overrides['taskResourceLocalHandlers']>;

export function startRun(
  { name, input, tokens }: Start,
  { stateMachine, lambda, pauseMs, onEvent }: EngineOptions,
): Run {
  const { arn, roleArn, definition } = stateMachine;
  const callbackStates = callbackStatesOf(definition);
  const events: HistoryEvent[] = [];
  const execution: Writable<LocalExecution> = {
    arn: `${arn.replace(':stateMachine:', ':execution:')}:${name}`,
    name,
    input,
    startDate: new Date(),
    events,
    status: 'RUNNING',
    redriveCount: 0,
  };
  let abort = (): void => undefined;
  /** Counts attempts, so that one which the engine has given up on can no longer write into the history. */
  let attempt = 0;
  let callback: ReturnType<TaskTokens['issue']> | undefined;

  function add(event: NewEvent, timestamp = new Date()): void {
    const numbered: HistoryEvent = {
      timestamp,
      id: events.length + 1,
      previousEventId: events.length,
      ...event,
    };
    events.push(numbered);
    onEvent?.(execution, numbered);
  }

  function end(outcome: Partial<LocalExecution>, event: NewEvent, at = new Date()): void {
    Object.assign(execution, { stopDate: at, ...outcome });
    attempt += 1;
    add(event, at);
  }

  function tell(event: EngineEvent): void {
    const translated = toHistoryEvent(event, { roleArn, callbackStates });
    const isSecondStart = translated?.type === 'ExecutionStarted' && execution.redriveCount > 0;
    if (translated === undefined || isSecondStart) return;
    if (translated.type === 'LambdaFunctionTimedOut' || translated.type === 'TaskTimedOut') attempt += 1;
    const outcome = toOutcome(event);
    const at = new Date(event.timestamp);
    if (outcome === undefined) add(translated, at);
    else end(outcome, translated, at);
  }

  async function follow(engineEvents: AsyncIterable<EngineEvent>, redrives: number): Promise<void> {
    for await (const event of engineEvents) {
      if (execution.status !== 'RUNNING' || execution.redriveCount !== redrives) return;
      tell(event);
    }
  }

  const site: TaskSite = {
    lambda,
    beginAttempt() {
      attempt += 1;
      const mine = attempt;
      return (event) => {
        if (mine === attempt) add(event);
      };
    },
    isRunning: () => execution.status === 'RUNNING',
  };

  function outcomeOfToken(): Promise<TokenOutcome> {
    if (callback === undefined) throw new Error('The task waits for a token that it has given to nobody.');
    return callback.outcome;
  }

  const handlers: TaskHandlers = Object.fromEntries(
    Object.entries(definition.States).flatMap(([stateName, state]) =>
      'Resource' in state
        ? [
            [
              stateName,
              (input) =>
                callbackStates.has(stateName)
                  ? runCallbackTask(input, outcomeOfToken(), site)
                  : runFunctionTask(state.Resource, input, site),
            ],
          ]
        : [],
    ),
  );

  function go(startAt: string, stateInput: string): void {
    // Checked already; from the middle on, the validator would miss the states before it.
    const unchecked = { validationOptions: { noValidate: true } };
    const started = execution.startDate.toISOString();
    const machine = new StateMachine({ ...withStartTime(definition, started), StartAt: startAt }, unchecked);
    const { eventLogs, result, ...rest } = machine.run(JSON.parse(stateInput), {
      context: {
        Execution: { Id: execution.arn, Name: name, RoleArn: roleArn, RedriveCount: execution.redriveCount },
        StateMachine: { Id: arn, Name: arn.split(':').at(-1) },
        Task: {
          /** Asked for once an attempt, when its parameters are worked out. */
          get Token() {
            callback = tokens.issue();
            return callback.token;
          },
        },
      },
      overrides: {
        taskResourceLocalHandlers: handlers,
        ...(pauseMs === undefined ? {} : withPauses(definition, pauseMs)),
      },
    });
    abort = rest.abort;
    result.catch(() => undefined);
    void follow(eventLogs, execution.redriveCount);
  }

  go(definition.StartAt, input);
  return {
    execution,
    stop(reason) {
      if (execution.status !== 'RUNNING') return;
      end(
        { status: 'ABORTED', ...reason },
        { type: 'ExecutionAborted', executionAbortedEventDetails: reason },
      );
      abort();
    },
    redrive() {
      const last = events.findLast(({ stateEnteredEventDetails }) => stateEnteredEventDetails !== undefined);
      const { name: state = definition.StartAt, input: stateInput = input } =
        last?.stateEnteredEventDetails ?? {};
      for (const key of ['stopDate', 'error', 'cause'] as const) delete execution[key];
      execution.status = 'RUNNING';
      execution.redriveCount += 1;
      const { redriveCount } = execution;
      add({ type: 'ExecutionRedriven', executionRedrivenEventDetails: { redriveCount } });
      go(state, stateInput);
    },
  };
}

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
