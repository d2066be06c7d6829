import { NEVER_INVOKED } from '../../lambdas/core/record-failure/classify.ts';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import { type NewEvent, WHOLE } from './history.ts';

/** What AWS lets pass between two states, in bytes. */
export const MAX_PAYLOAD_BYTES = 262_144;

/** Marks an error that the engine must neither repeat nor catch. */
const FINAL = { isRetryable: false, isCatchable: false };

/** The execution in which a task runs. */
export interface TaskContext {
  readonly lambda: Pick<LambdaHost, 'invoke'>;
  /** Begins an attempt; what it adds to the history after the engine has given up on it is dropped. */
  beginAttempt(): (event: NewEvent) => void;
  isRunning(): boolean;
  /** Everything that was added so far is on disk when this returns. */
  commit(): void;
}

/** A task whose resource is a function's ARN: the function takes the input and gives the result. */
export async function runFunctionTask(
  resource: string,
  input: unknown,
  site: TaskContext,
): Promise<ReturnType<typeof JSON.parse>> {
  const payload = serializeInput(input, site);
  const add = site.beginAttempt();
  add({
    type: 'LambdaFunctionScheduled',
    lambdaFunctionScheduledEventDetails: { resource, input: payload, inputDetails: WHOLE },
  });
  site.commit();
  const onBegin = (): void => add({ type: 'LambdaFunctionStarted' });
  const reply = await site.lambda.invoke(resource, payload, { onBegin });
  requireRunning(site);
  if (!reply.ok) {
    const failure = { error: reply.error.errorType, cause: JSON.stringify(reply.error) };
    add(toFailedEvent(failure));
    throw namedError(failure.error, failure.cause);
  }
  const output = reply.result;
  add({
    type: 'LambdaFunctionSucceeded',
    lambdaFunctionSucceededEventDetails: { output, outputDetails: WHOLE },
  });
  return toResult(output);
}

/** A function that was not called has a failure of its own: it was scheduled, and never started. */
function toFailedEvent(failure: { readonly error: string; readonly cause: string }): NewEvent {
  return failure.error === NEVER_INVOKED
    ? { type: 'LambdaFunctionScheduleFailed', lambdaFunctionScheduleFailedEventDetails: failure }
    : { type: 'LambdaFunctionFailed', lambdaFunctionFailedEventDetails: failure };
}

/** @throws Error that ends the execution where the execution has ended, or the payload is larger than AWS carries */
export function serializeInput(input: unknown, site: TaskContext): string {
  requireRunning(site);
  const payload = JSON.stringify(input);
  assertPayloadSize(payload);
  return payload;
}

/** The engine goes on repeating a task after it was aborted, so the task itself has to end it. */
export function requireRunning(site: TaskContext): void {
  if (site.isRunning()) return;
  throw Object.assign(new Error('The execution has ended.'), FINAL);
}

/** The value of a task's output, which is JSON text. */
export function toResult(output: string): ReturnType<typeof JSON.parse> {
  assertPayloadSize(output);
  return JSON.parse(output);
}

/** Not even States.ALL catches this one: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
function assertPayloadSize(payload: string): void {
  if (Buffer.byteLength(payload) <= MAX_PAYLOAD_BYTES) return;
  const error = namedError(
    'States.DataLimitExceeded',
    `A payload is larger than ${MAX_PAYLOAD_BYTES} bytes.`,
  );
  throw Object.assign(error, FINAL);
}

/** The engine matches Retry and Catch on an error's name and hands its message on as the cause. */
export function namedError(name: string, cause: string): Error {
  return Object.assign(new Error(cause), { name });
}
