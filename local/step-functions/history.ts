import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachine } from 'aws-local-stepfunctions';
import type { Callback } from './task-resources.ts';

/** What the engine tells about a run, one event at a time. */
export type EngineEvent =
  ReturnType<StateMachine['run']>['eventLogs'] extends AsyncGenerator<infer Event> ? Event : never;

/** An event as AWS would have it, before it has its number. */
export type NewEvent = Omit<HistoryEvent, 'id' | 'previousEventId' | 'timestamp'> & {
  readonly type: HistoryEvent['type'];
};

export const WHOLE = { truncated: false };

interface HistoryContext {
  readonly roleArn: string;
  /** The states that wait for a token, by their names. */
  readonly callbackStates: ReadonlyMap<string, Callback>;
}

/**
 * Translates an event of the engine. What AWS tells of a Lambda function between entering and leaving a Task (scheduled,
 * started, succeeded, failed) is not among the engine's events: the one who invokes the function adds it.
 */
export function toHistoryEvent(
  event: EngineEvent,
  { roleArn, callbackStates }: HistoryContext,
): NewEvent | undefined {
  switch (event.type) {
    case 'ExecutionStarted':
      return {
        type: 'ExecutionStarted',
        executionStartedEventDetails: { input: JSON.stringify(event.input), inputDetails: WHOLE, roleArn },
      };
    case 'StateEntered': {
      const { name, type, input } = event.state;
      return {
        type: `${type}StateEntered` as const,
        stateEnteredEventDetails: { name, input: JSON.stringify(input), inputDetails: WHOLE },
      };
    }
    case 'StateExited': {
      const { name, type, output } = event.state;
      if (type === 'Fail') return undefined;
      return {
        type: `${type}StateExited` as const,
        stateExitedEventDetails: { name, output: JSON.stringify(output), outputDetails: WHOLE },
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
        executionSucceededEventDetails: { output: JSON.stringify(event.output), outputDetails: WHOLE },
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
