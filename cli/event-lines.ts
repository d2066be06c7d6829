import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import type { ReceivedCallback } from '../lambdas/core/callback.ts';
import { errorMessageOf } from '../lambdas/core/failure.ts';
import { printable, shortened } from '../lambdas/core/text/plain.ts';
import type { LocalExecution } from '../local/step-functions/engine.ts';
import { failureOf, nextTryIn } from './timeline/next-try.ts';

const MAX_REASON_CHARACTERS = 300;

/** The lines that `npm run dev` prints for an event: a state that is entered, a callback, a failure. */
export function toEventLines(
  { name, events }: Pick<LocalExecution, 'name' | 'events'>,
  event: HistoryEvent,
  definition: StateMachineDefinition | undefined,
): readonly string[] {
  const state = event.stateEnteredEventDetails?.name;
  if (state !== undefined) return [printable(`${name}  ${state}`)];
  if (isCallback(event)) return [`${name}  (callback received)`];
  const failedAttempt = failureOf(event);
  const failure = event.executionFailedEventDetails ?? failedAttempt;
  if (failure === undefined) return [];
  const next = failedAttempt && definition && nextTryIn(definition, events);
  const reason = shortened(errorMessageOf(failure.cause ?? ''), MAX_REASON_CHARACTERS);
  return [printable(`${name}  ${next === undefined ? '' : `${next}, after `}${failure.error}: ${reason}`)];
}

const CALLBACK_FIELD = 'callback_received_at' satisfies keyof ReceivedCallback;

/** The receiver of callbacks ends a wait with this field in its output. */
function isCallback({ taskSucceededEventDetails }: HistoryEvent): boolean {
  return taskSucceededEventDetails?.output?.includes(`"${CALLBACK_FIELD}"`) === true;
}
