import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { type Progress, stateGiven } from '../core/video.ts';

/**
 * Where an execution is, by the newest events of its history. A step that has been tried again and again has its entry
 * out of reach; then its input tells which one it is.
 */
export function toProgress(newestFirst: readonly HistoryEvent[]): Progress {
  const newestEvent = newestFirst[0]?.type;
  return { ...whereabouts(newestFirst), ...(newestEvent === undefined ? {} : { newestEvent }) };
}

function whereabouts(newestFirst: readonly HistoryEvent[]): Progress {
  const index = newestFirst.findIndex(({ stateEnteredEventDetails }) => stateEnteredEventDetails);
  const since = index === -1 ? newestFirst : newestFirst.slice(0, index);
  const error = since.map(errorOf).find((name) => name !== undefined);
  const failure = error === undefined ? {} : { lastError: error };
  const entered = newestFirst[index];
  const { name, input } = entered?.stateEnteredEventDetails ?? {};
  if (name !== undefined)
    return {
      stateName: name,
      stateInput: fromJson(input),
      ...(entered?.timestamp === undefined ? {} : { enteredAt: entered.timestamp }),
      ...failure,
      ...(error === undefined ? {} : { failedTries: since.filter((event) => errorOf(event)).length }),
    };
  const attempt = since.find((event) => event.lambdaFunctionScheduledEventDetails !== undefined);
  const given = fromJson(attempt?.lambdaFunctionScheduledEventDetails?.input);
  return given === undefined
    ? failure
    : { stateName: stateGiven(given), stateInput: unwrapped(given), ...failure };
}

/** `Record failure` is given the job inside of what it is told. */
function unwrapped(given: unknown): unknown {
  return (given as { readonly job?: unknown }).job ?? given;
}

function errorOf(event: HistoryEvent): string | undefined {
  const details =
    event.lambdaFunctionFailedEventDetails ??
    event.lambdaFunctionTimedOutEventDetails ??
    event.lambdaFunctionScheduleFailedEventDetails ??
    event.taskFailedEventDetails ??
    event.taskTimedOutEventDetails;
  return details && (details.error ?? 'States.Timeout');
}

/** Inputs and outputs come as JSON text. */
export function fromJson(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}
