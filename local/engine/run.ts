import { setImmediate as engineHasSpoken } from 'node:timers/promises';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachine, StateMachineDefinition } from 'aws-local-stepfunctions';
import type { EngineOptions, LocalExecution } from './engine.ts';
import { type EngineEvent, type NewEvent, toHistoryEvent, toText } from './history.ts';

/** What AWS lets pass between two states, in bytes. */
export const MAX_PAYLOAD_BYTES = 262_144;

const WHOLE = { truncated: false };

/** Marks an error that the engine must neither repeat nor catch. */
const FINAL = { isRetryable: false, isCatchable: false };

/** One execution on the engine, from its start on. */
export interface Run {
  readonly execution: LocalExecution;
  stop(reason: { readonly error?: string; readonly cause?: string }): void;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export function startRun(
  machine: StateMachine,
  { name, input }: { readonly name: string; readonly input: string },
  { stateMachine, lambda, waits = true, onEvent }: EngineOptions,
): Run {
  const { arn, roleArn, definition } = stateMachine;
  const events: HistoryEvent[] = [];
  const execution: Writable<LocalExecution> = {
    arn: `${arn.replace(':stateMachine:', ':execution:')}:${name}`,
    name,
    input,
    startDate: new Date(),
    events,
    status: 'RUNNING',
  };
  /** Counts invocations, so that one which the engine has given up on can no longer write into the history. */
  let attempt = 0;

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

  async function follow(engineEvents: AsyncIterable<EngineEvent>): Promise<void> {
    for await (const event of engineEvents) {
      if (execution.status !== 'RUNNING') return;
      const translated = toHistoryEvent(event, roleArn);
      if (translated?.type === 'LambdaFunctionTimedOut') attempt += 1;
      const outcome = toOutcome(event);
      const at = new Date(event.timestamp);
      if (translated !== undefined && outcome !== undefined) end(outcome, translated, at);
      else if (translated !== undefined) add(translated, at);
    }
  }

  async function invoke(resource: string, payload: string): Promise<ReturnType<typeof JSON.parse>> {
    await engineHasSpoken();
    requireRunning();
    requireCarriable(payload);
    attempt += 1;
    const mine = attempt;
    const addIfWanted = (event: NewEvent): void => {
      if (mine === attempt) add(event);
    };
    addIfWanted({
      type: 'LambdaFunctionScheduled',
      lambdaFunctionScheduledEventDetails: { resource, input: payload, inputDetails: WHOLE },
    });
    addIfWanted({ type: 'LambdaFunctionStarted' });
    const reply = await lambda.invoke(resource, payload);
    requireRunning();
    if (!reply.ok) {
      const failure = { error: reply.error.errorType, cause: JSON.stringify(reply.error) };
      addIfWanted({ type: 'LambdaFunctionFailed', lambdaFunctionFailedEventDetails: failure });
      throw namedError(failure.error, failure.cause);
    }
    const output = reply.result;
    addIfWanted({
      type: 'LambdaFunctionSucceeded',
      lambdaFunctionSucceededEventDetails: { output, outputDetails: WHOLE },
    });
    requireCarriable(output);
    return JSON.parse(output);
  }

  /** The engine goes on repeating a task after it was aborted, so the task itself has to end it. */
  function requireRunning(): void {
    if (execution.status === 'RUNNING') return;
    throw Object.assign(new Error('The execution has ended.'), FINAL);
  }

  const { eventLogs, result, abort } = machine.run(JSON.parse(input), {
    context: {
      Execution: { Id: execution.arn, Name: name, RoleArn: roleArn },
      StateMachine: { Id: arn, Name: arn.split(':').at(-1) },
    },
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(
        Object.entries(definition.States).flatMap(([stateName, state]) =>
          'Resource' in state ? [[stateName, (value) => invoke(state.Resource, JSON.stringify(value))]] : [],
        ),
      ),
      ...(waits ? {} : withoutPauses(definition)),
    },
  });
  result.catch(() => undefined);
  void follow(eventLogs);

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

function withoutPauses({ States }: StateMachineDefinition) {
  const nowhere = Object.fromEntries(Object.keys(States).map((name) => [name, 0]));
  return { waitTimeOverrides: nowhere, retryIntervalOverrides: nowhere };
}

/** Not even States.ALL catches this one: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
function requireCarriable(payload: string): void {
  if (Buffer.byteLength(payload) <= MAX_PAYLOAD_BYTES) return;
  const error = namedError(
    'States.DataLimitExceeded',
    `A payload is larger than ${MAX_PAYLOAD_BYTES} bytes.`,
  );
  throw Object.assign(error, FINAL);
}

/** The engine matches Retry and Catch on an error's name and hands its message on as the cause. */
function namedError(name: string, cause: string): Error {
  return Object.assign(new Error(cause), { name });
}
