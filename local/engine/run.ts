import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { EngineOptions, LocalExecution } from './engine.ts';
import type { NewEvent } from './history.ts';
import { type Leg, startLeg } from './leg.ts';
import type { TaskTokens } from './task-tokens.ts';

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

export function startRun({ name, input, tokens }: Start, options: EngineOptions): Run {
  const { arn, definition } = options.stateMachine;
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

  function add(event: NewEvent, timestamp = new Date()): void {
    const numbered: HistoryEvent = {
      timestamp,
      id: events.length + 1,
      previousEventId: events.length,
      ...event,
    };
    events.push(numbered);
    options.onEvent?.(execution, numbered);
  }

  function end(outcome: Partial<LocalExecution>, event: NewEvent, at = new Date()): void {
    Object.assign(execution, { stopDate: at, ...outcome });
    add(event, at);
  }

  const go = (startAt: string, stateInput: string): Leg =>
    startLeg({ execution, add, end, tokens, startAt, stateInput }, options);
  let leg = go(definition.StartAt, input);
  return {
    execution,
    stop(reason) {
      if (execution.status !== 'RUNNING') return;
      end(
        { status: 'ABORTED', ...reason },
        { type: 'ExecutionAborted', executionAbortedEventDetails: reason },
      );
      leg.abort();
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
      leg = go(state, stateInput);
    },
  };
}
