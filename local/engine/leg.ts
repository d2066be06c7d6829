import { StateMachine } from 'aws-local-stepfunctions';
import { type Callback, runCallbackTask } from './callback-task.ts';
import {
  callbackStatesOf,
  type Overrides,
  TIMEOUT_PARAMETER,
  withPauses,
  withStartTime,
  withTimeoutsAsParameters,
} from './definition.ts';
import type { EngineOptions, LocalExecution } from './engine.ts';
import { type EngineEvent, type NewEvent, toHistoryEvent, toText } from './history.ts';
import { runFunctionTask, type TaskSite } from './lambda-task.ts';
import type { TaskToken, TaskTokens, TokenOutcome } from './task-tokens.ts';

type TaskHandlers = NonNullable<Overrides['taskResourceLocalHandlers']>;

/** From the start, or from a redrive, to the next end. */
export interface Leg {
  abort(): void;
}

interface LegOptions {
  readonly execution: LocalExecution;
  readonly add: (event: NewEvent, at?: Date) => void;
  readonly end: (outcome: Partial<LocalExecution>, event: NewEvent, at: Date) => void;
  readonly tokens: TaskTokens;
  readonly startAt: string;
  /** JSON text. */
  readonly stateInput: string;
}

/** What an earlier leg still does can neither write into the history nor go on: it is over for good. */
export function startLeg(
  { execution, add, end, tokens, startAt, stateInput }: LegOptions,
  { stateMachine, lambda, pauseMs, waitMs = pauseMs }: EngineOptions,
): Leg {
  const { arn, roleArn, definition } = stateMachine;
  const { redriveCount } = execution;
  const isRunning = (): boolean => execution.status === 'RUNNING' && execution.redriveCount === redriveCount;
  const callbackStates = callbackStatesOf(definition);
  /** Counts attempts, so that one which the engine has given up on can no longer write into the history. */
  let attempt = 0;
  let token: TaskToken | undefined;
  let retries = -1;

  const site: TaskSite = {
    lambda,
    isRunning,
    beginAttempt() {
      attempt += 1;
      const mine = attempt;
      return (event) => {
        if (mine === attempt && isRunning()) add(event);
      };
    },
  };

  function tell(event: EngineEvent): void {
    const translated = toHistoryEvent(event, { roleArn, callbackStates });
    const isSecondStart = translated?.type === 'ExecutionStarted' && redriveCount > 0;
    if (translated === undefined || isSecondStart) return;
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

  function issuedToken(): TaskToken {
    if (token === undefined) throw new Error('The task waits for a token that it has given to nobody.');
    return token;
  }

  function timeoutOf(seconds: unknown): number | undefined {
    if (seconds === undefined) return undefined;
    return (typeof waitMs === 'function' ? waitMs() : waitMs) ?? Number(seconds) * 1000;
  }

  const runCallback = (callback: Callback, input: unknown): ReturnType<TaskHandlers[string]> => {
    const { [TIMEOUT_PARAMETER]: seconds, ...parameters } = input as Readonly<Record<string, unknown>>;
    const waiting = { token: issuedToken(), timeoutMs: () => timeoutOf(seconds) };
    return runCallbackTask(parameters, { ...site, callback, ...waiting });
  };

  const taskResourceLocalHandlers: TaskHandlers = Object.fromEntries(
    Object.entries(definition.States).flatMap(([stateName, state]) => {
      if (!('Resource' in state)) return [];
      const { Resource: resource } = state;
      const callback = callbackStates.get(stateName);
      const run: TaskHandlers[string] =
        callback === undefined
          ? (input) => runFunctionTask(resource, input, site)
          : (input) => runCallback(callback, input);
      return [[stateName, run]];
    }),
  );
  const bound = withTimeoutsAsParameters(withStartTime(definition, execution.startDate.toISOString()));
  // Checked already; from the middle on, the validator would miss the states before it.
  const unchecked = { validationOptions: { noValidate: true } };
  const machine = new StateMachine({ ...bound, StartAt: startAt }, unchecked);
  const { eventLogs, result, abort } = machine.run(JSON.parse(stateInput), {
    context: {
      Execution: { Id: execution.arn, Name: execution.name, RoleArn: roleArn, RedriveCount: redriveCount },
      State: {
        /** Asked for once an attempt, when its parameters are worked out; a state that asks for it is entered once in a leg. */
        get RetryCount() {
          retries += 1;
          return retries;
        },
      },
      StateMachine: { Id: arn, Name: arn.split(':').at(-1) },
      Task: {
        /** Asked for once an attempt, when its parameters are worked out. */
        get Token() {
          token = tokens.issue();
          return token.token;
        },
      },
    },
    overrides: {
      taskResourceLocalHandlers,
      ...(pauseMs === undefined ? {} : withPauses(definition, pauseMs)),
    },
  });
  result.catch(() => undefined);
  void follow(eventLogs);
  return {
    abort() {
      abort();
      // Whoever waits for it would hold up the end of the process.
      if (token !== undefined) tokens.settle(token.token, ENDED);
    },
  };
}

const ENDED: TokenOutcome = { ok: false, error: 'States.TaskFailed', cause: 'The execution has ended.' };

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
