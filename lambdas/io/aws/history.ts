import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Progress } from '../../core/video/execution.ts';
import { failedAttempt } from '../../core/video/failed-attempt.ts';
import { inferState } from '../../core/video/infer-state.ts';

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
  const errors = since.flatMap((event) => failedAttempt(event)?.error ?? []);
  const failure = errors[0] === undefined ? {} : { lastError: errors[0] };
  const entered = newestFirst[index];
  const { name, input } = entered?.stateEnteredEventDetails ?? {};
  if (name !== undefined)
    return {
      stateName: name,
      stateInput: fromJson(input),
      ...(entered?.timestamp === undefined ? {} : { enteredAt: entered.timestamp }),
      ...failure,
      ...(errors.length === 0 ? {} : { failedTries: errors.length }),
    };
  const given = since.map(givenBy).find((input) => input !== undefined);
  return given === undefined
    ? failure
    : { stateName: inferState(given), stateInput: unwrapped(given), ...failure };
}

/** What an attempt gives to its function; one that waits for a token wraps it. */
function givenBy(event: HistoryEvent): unknown {
  const { lambdaFunctionScheduledEventDetails: plain, taskScheduledEventDetails: waiting } = event;
  if (plain !== undefined) return fromJson(plain.input);
  return ((fromJson(waiting?.parameters) ?? {}) as { readonly Payload?: unknown }).Payload;
}

/** `Record failure` and `Video failed` are given the job inside of what they are told. */
function unwrapped(given: unknown): unknown {
  return (given as { readonly job?: unknown }).job ?? given;
}

/** Inputs and outputs come as JSON text. */
export function fromJson(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}
