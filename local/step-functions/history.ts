import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachine } from 'aws-local-stepfunctions';
import type { Callback } from './task-resources.ts';

/** An event that the engine emits. */
export type EngineEvent =
  ReturnType<StateMachine['run']>['eventLogs'] extends AsyncGenerator<infer Event> ? Event : never;

/** An event in the form of AWS, without its number and time. */
export type NewEvent = Omit<HistoryEvent, 'id' | 'previousEventId' | 'timestamp'> & {
  readonly type: HistoryEvent['type'];
};

export const NOT_TRUNCATED = { truncated: false };

interface HistoryContext {
  readonly roleArn: string;
  /** The states that wait for a token, by their names. */
  readonly callbackStates: ReadonlyMap<string, Callback>;
}

/**
 * Translates an event of the engine, which has no events for the invocation of a function (scheduled, started, succeeded,
 * failed). `runFunctionTask` and `runCallbackTask` add those. It is long because it has one case for each event.
 */
export function toHistoryEvent(
  event: EngineEvent,
  { roleArn, callbackStates }: HistoryContext,
): NewEvent | undefined {
  switch (event.type) {
    case 'ExecutionStarted':
      return {
        type: 'ExecutionStarted',
        executionStartedEventDetails: {
          input: JSON.stringify(event.input),
          inputDetails: NOT_TRUNCATED,
          roleArn,
        },
      };
    case 'StateEntered': {
      const { name, type, input } = event.state;
      return {
        type: `${type}StateEntered` as const,
        stateEnteredEventDetails: { name, input: JSON.stringify(input), inputDetails: NOT_TRUNCATED },
      };
    }
    case 'StateExited': {
      const { name, type, output } = event.state;
      if (type === 'Fail') return undefined;
      return {
        type: `${type}StateExited` as const,
        stateExitedEventDetails: { name, output: JSON.stringify(output), outputDetails: NOT_TRUNCATED },
      };
    }
    case 'StateFailed': {
      const { Error: error, state } = event;
      if (state.type !== 'Task' || error !== 'States.Timeout') return undefined;
      const callback = callbackStates.get(state.name);
      return callback === undefined
        ? { type: 'LambdaFunctionTimedOut', lambdaFunctionTimedOutEventDetails: { error } }
        : { type: 'TaskTimedOut', taskTimedOutEventDetails: { ...callback, error } };
    }
    case 'ExecutionSucceeded':
      return {
        type: 'ExecutionSucceeded',
        executionSucceededEventDetails: {
          output: JSON.stringify(event.output),
          outputDetails: NOT_TRUNCATED,
        },
      };
    case 'ExecutionFailed':
      return {
        type: 'ExecutionFailed',
        executionFailedEventDetails: { error: event.Error, cause: toText(event.Cause) },
      };
    case 'ExecutionTimeout':
      return { type: 'ExecutionTimedOut', executionTimedOutEventDetails: {} };
    default:
      return undefined;
  }
}

export function toText(cause: unknown): string {
  return typeof cause === 'string' ? cause : JSON.stringify(cause);
}
