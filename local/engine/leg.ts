import { StateMachine } from 'aws-local-stepfunctions';
import { callbackStatesOf, type Overrides, withPauses, withStartTime } from './definition.ts';
import type { EngineOptions, LocalExecution } from './engine.ts';
import { type EngineEvent, type NewEvent, toHistoryEvent, toText } from './history.ts';
import { runCallbackTask, runFunctionTask, type TaskSite } from './lambda-task.ts';
import type { TaskTokens, TokenOutcome } from './task-tokens.ts';

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
  { stateMachine, lambda, pauseMs }: EngineOptions,
): Leg {
  const { arn, roleArn, definition } = stateMachine;
  const { redriveCount } = execution;
  const isRunning = (): boolean => execution.status === 'RUNNING' && execution.redriveCount === redriveCount;
  const callbackStates = callbackStatesOf(definition);
  /** Counts attempts, so that one which the engine has given up on can no longer write into the history. */
  let attempt = 0;
  let callback: ReturnType<TaskTokens['issue']> | undefined;

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
    if (translated.type === 'LambdaFunctionTimedOut' || translated.type === 'TaskTimedOut') attempt += 1;
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

  function outcomeOfToken(): Promise<TokenOutcome> {
    if (callback === undefined) throw new Error('The task waits for a token that it has given to nobody.');
    return callback.outcome;
  }

  const taskResourceLocalHandlers: TaskHandlers = Object.fromEntries(
    Object.entries(definition.States).flatMap(([stateName, state]) => {
      if (!('Resource' in state)) return [];
      const { Resource: resource } = state;
      const run: TaskHandlers[string] = callbackStates.has(stateName)
        ? (input) => runCallbackTask(input, outcomeOfToken(), site)
        : (input) => runFunctionTask(resource, input, site);
      return [[stateName, run]];
    }),
  );
  const bound = withStartTime(definition, execution.startDate.toISOString());
  // Checked already; from the middle on, the validator would miss the states before it.
  const unchecked = { validationOptions: { noValidate: true } };
  const machine = new StateMachine({ ...bound, StartAt: startAt }, unchecked);
  const { eventLogs, result, abort } = machine.run(JSON.parse(stateInput), {
    context: {
      Execution: { Id: execution.arn, Name: execution.name, RoleArn: roleArn, RedriveCount: redriveCount },
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
      taskResourceLocalHandlers,
      ...(pauseMs === undefined ? {} : withPauses(definition, pauseMs)),
    },
  });
  result.catch(() => undefined);
  void follow(eventLogs);
  return { abort };
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
