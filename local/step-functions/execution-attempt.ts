import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { bindContext } from './context-values.ts';
import { callbackStatesOf, type Overrides, withTimeoutsAsParameters } from './definition.ts';
import type { EngineOptions } from './engine-options.ts';
import type { Gate } from './gate.ts';
import { type EngineEvent, type NewEvent, toHistoryEvent, toText } from './history.ts';
import type { LocalExecution } from './local-execution.ts';
import { createReplay } from './replay.ts';
import type { InterruptedTask, Resumption } from './resumption.ts';
import { createTaskRunner } from './task-runner.ts';
import type { TaskTokens } from './task-tokens.ts';
import { brokenEnd } from './unresumable.ts';

/** From the start, from a redrive or from a restart of the process to the next end. */
export interface ExecutionAttempt {
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
  readonly door: Gate;
  readonly startAt: string;
  /** JSON text. */
  readonly stateInput: string;
  /** How long the execution may still take. @default as long as the definition says */
  readonly secondsLeft?: number | undefined;
  readonly resumption?: Resumption | undefined;
  readonly interrupted?: InterruptedTask | undefined;
}

/** What an earlier leg still does can neither write into the history nor go on: it is over for good. */
export function startExecutionAttempt(options: LegOptions, engineOptions: EngineOptions): ExecutionAttempt {
  const { execution, definition, isOver, add, end, commit, tokens, door, resumption, interrupted } = options;
  const { stateMachine, pauseMs } = engineOptions;
  const { redriveCount, name: executionName } = execution;
  const isRunning = (): boolean =>
    !isOver() && execution.status === 'RUNNING' && execution.redriveCount === redriveCount;
  const isInterrupted = interrupted !== undefined && 'lost' in interrupted;
  const replay = createReplay(resumption, { definition, pauseMs, isInterrupted, now: Date.now() });
  const context = bindContext(definition, execution.startDate.toISOString());
  const told = { executionName, definition, context, replay, tokens, door, resumption, interrupted };
  const tasks = createTaskRunner({ ...told, isRunning, add, commit }, engineOptions);
  const history = { roleArn: stateMachine.roleArn, callbackStates: callbackStatesOf(definition) };

  function tell(event: EngineEvent): void {
    const isRecorded = replay.isRecorded(event);
    tasks.notice(event);
    const translated = toHistoryEvent(event, history);
    if (isRecorded || translated === undefined) return;
    const isTimedOut = translated.type === 'LambdaFunctionTimedOut' || translated.type === 'TaskTimedOut';
    if (isTimedOut) tasks.giveUpAttempt();
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

  const handlers = Object.entries(definition.States).flatMap(([name, state]) =>
    'Resource' in state ? [[name, (input: unknown) => tasks.run(name, state.Resource, input)] as const] : [],
  );
  const names = Object.keys(definition.States);
  const overrides = {
    taskResourceLocalHandlers: Object.fromEntries(handlers),
    waitTimeOverrides: askedLate(names, replay.waitTimeOf),
    retryIntervalOverrides: askedLate(names, replay.retryIntervalOf),
  } as Overrides;

  const timed = withTimeoutsAsParameters(context.definition);
  const { startAt, secondsLeft = definition.TimeoutSeconds } = options;
  const limit = secondsLeft === undefined ? {} : { TimeoutSeconds: secondsLeft };
  // Checked already; from the middle on, the validator would miss the states before it.
  const unchecked = { validationOptions: { noValidate: true } };
  const machine = new StateMachine({ ...timed, ...limit, StartAt: startAt }, unchecked);
  const run = machine.run(JSON.parse(options.stateInput), {
    context: toContext(execution, stateMachine),
    overrides,
  });
  run.result.catch(() => undefined);
  follow(run.eventLogs).catch((error: unknown) => {
    if (!isRunning()) throw error;
    const { outcome, event } = brokenEnd(error);
    end(outcome, event, new Date());
    run.abort();
  });
  return {
    abort() {
      run.abort();
      // A task that waits for it would hold up the end of the process.
      if (tasks.token !== undefined) tokens.settle(tasks.token, ENDED);
    },
    suspend() {
      run.abort();
      if (tasks.token !== undefined) tokens.release(tasks.token);
    },
  };
}

const ENDED = { ok: false, error: 'States.TaskFailed', cause: 'The execution has ended.' } as const;

function toContext({ arn, name, redriveCount }: LocalExecution, machine: EngineOptions['stateMachine']) {
  return {
    Execution: { Id: arn, Name: name, RoleArn: machine.roleArn, RedriveCount: redriveCount },
    StateMachine: { Id: machine.arn, Name: machine.arn.split(':').at(-1) },
  };
}

/** A value for each state that is asked for in the moment in which the engine reads it. */
function askedLate<T>(names: readonly string[], ask: (name: string) => T): Readonly<Record<string, T>> {
  const fields = names.map((name) => [name, { get: () => ask(name), enumerable: true }] as const);
  return Object.defineProperties({}, Object.fromEntries(fields));
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
