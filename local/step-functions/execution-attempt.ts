import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { bindContext } from './context-values.ts';
import { callbackStatesOf, type Overrides, withTimeoutsAsParameters } from './definition.ts';
import type { EngineOptions } from './engine-options.ts';
import type { Gate } from './gate.ts';
import { type EngineEvent, type NewEvent, toHistoryEvent, toText } from './history.ts';
import type { LocalExecution } from './local-execution.ts';
import { createReplay, type Replay } from './replay.ts';
import type { InterruptedTask, Resumption } from './resumption.ts';
import { createTaskRunner, type TaskRunner } from './task-runner.ts';
import type { TaskTokens } from './task-tokens.ts';
import { brokenEnd } from './unresumable.ts';

/** One run of the engine: from the start, a redrive or a restart of the process, to the next end. */
export interface ExecutionAttempt {
  /** Ends the run for good. Its token expires. */
  abort(): void;
  /** Ends the run in this process. The next process resumes it. */
  suspend(): void;
}

interface AttemptOptions {
  readonly execution: LocalExecution;
  readonly definition: StateMachineDefinition;
  readonly isOver: () => boolean;
  readonly add: (event: NewEvent, at?: Date) => void;
  readonly end: (outcome: Partial<LocalExecution>, event: NewEvent, at: Date) => void;
  readonly commit: () => void;
  readonly tokens: TaskTokens;
  readonly gate: Gate;
  readonly startAt: string;
  /** JSON text. */
  readonly stateInput: string;
  /** The rest of the execution's timeout. @default the timeout of the definition */
  readonly secondsLeft?: number | undefined;
  readonly resumption?: Resumption | undefined;
  readonly interrupted?: InterruptedTask | undefined;
}

/**
 * An earlier attempt of this execution can no longer write into the history, because `isRunning` is false for it. Longer than
 * others, because its functions share the state of one attempt.
 */
export function startExecutionAttempt(
  options: AttemptOptions,
  engineOptions: EngineOptions,
): ExecutionAttempt {
  const { execution, definition, isOver, add, end, commit, tokens, gate, resumption, interrupted } = options;
  const { stateMachine, pauseMs } = engineOptions;
  const { redriveCount, name: executionName } = execution;
  const isRunning = (): boolean =>
    !isOver() && execution.status === 'RUNNING' && execution.redriveCount === redriveCount;
  const isInterrupted = interrupted !== undefined && 'lost' in interrupted;
  const replay = createReplay(resumption, { definition, pauseMs, isInterrupted, now: Date.now() });
  const context = bindContext(definition, execution.startDate.toISOString());
  const tasks = createTaskRunner(
    {
      executionName,
      definition,
      context,
      replay,
      tokens,
      gate,
      resumption,
      interrupted,
      isRunning,
      add,
      commit,
    },
    engineOptions,
  );
  const history = { roleArn: stateMachine.roleArn, callbackStates: callbackStatesOf(definition) };

  function record(event: EngineEvent): void {
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
      record(event);
    }
  }

  const timed = withTimeoutsAsParameters(context.definition);
  const { startAt, secondsLeft = definition.TimeoutSeconds } = options;
  // `createEngine` has validated the definition. With another `StartAt` the validator would report unreachable states.
  const unchecked = { validationOptions: { noValidate: true } };
  const machine = new StateMachine({ ...timed, TimeoutSeconds: secondsLeft, StartAt: startAt }, unchecked);
  const run = machine.run(JSON.parse(options.stateInput), {
    context: toContext(execution, stateMachine),
    overrides: toOverrides(definition, tasks, replay),
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
      // An open wait would keep the process alive.
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

/** The tasks and pauses of this attempt, instead of those of the engine. */
function toOverrides({ States }: StateMachineDefinition, tasks: TaskRunner, replay: Replay): Overrides {
  const handlers = Object.entries(States).flatMap(([name, state]) =>
    'Resource' in state ? [[name, (input: unknown) => tasks.run(name, state.Resource, input)] as const] : [],
  );
  const names = Object.keys(States);
  return {
    taskResourceLocalHandlers: Object.fromEntries(handlers),
    waitTimeOverrides: lazyFields(names, replay.waitTimeOf),
    retryIntervalOverrides: lazyFields(names, replay.retryIntervalOf),
  } as Overrides;
}

/** A field for each state whose value is computed when the engine reads it. */
function lazyFields<T>(names: readonly string[], read: (name: string) => T): Readonly<Record<string, T>> {
  const fields = names.map((name) => [name, { get: () => read(name), enumerable: true }] as const);
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
