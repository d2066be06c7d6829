import type { HistoryEvent } from '@aws-sdk/client-sfn';
import * as z from 'zod/mini';
import { type Progress, unwrapJob } from '../../core/video/execution.ts';
import { failedAttempt } from '../../core/video/failed-attempt.ts';
import { inferState } from '../../core/video/infer-state.ts';

/**
 * The progress of an execution, by the newest events of GetExecutionHistory. The event `TaskStateEntered` of a step that was tried
 * many times is not among them. Then the input of its newest attempt says which step it is.
 */
export function toProgress(newestFirst: readonly HistoryEvent[]): Progress {
  return { ...currentState(newestFirst), newestEvent: newestFirst[0]?.type };
}

function currentState(newestFirst: readonly HistoryEvent[]): Progress {
  const index = newestFirst.findIndex(({ stateEnteredEventDetails }) => stateEnteredEventDetails);
  const since = index === -1 ? newestFirst : newestFirst.slice(0, index);
  const errors = since.flatMap((event) => failedAttempt(event)?.error ?? []);
  const lastError = errors[0];
  const entered = newestFirst[index];
  const { name: stateName, input } = entered?.stateEnteredEventDetails ?? {};
  if (stateName !== undefined) {
    const failedTries = errors.length === 0 ? undefined : errors.length;
    return { stateName, stateInput: fromJson(input), enteredAt: entered?.timestamp, lastError, failedTries };
  }
  const attemptInput = since.map(inputOf).find((each) => each !== undefined);
  if (attemptInput === undefined) return { lastError };
  return { stateName: inferState(attemptInput), stateInput: unwrapJob(attemptInput), lastError };
}

const callbackTaskParameters = z.object({ Payload: z.optional(z.unknown()) });

/** The input of an attempt's function. A task that waits for a token wraps it. */
function inputOf(event: HistoryEvent): unknown {
  const { lambdaFunctionScheduledEventDetails: plain, taskScheduledEventDetails: waiting } = event;
  if (plain !== undefined) return fromJson(plain.input);
  return callbackTaskParameters.safeParse(fromJson(waiting?.parameters)).data?.Payload;
}

/** Inputs and outputs are JSON text. */
export function fromJson(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}
