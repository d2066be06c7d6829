import { NEVER_INVOKED } from '../../lambdas/core/record-failure/classify.ts';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import { type NewEvent, NOT_TRUNCATED } from './history.ts';

/** The most bytes that AWS passes between two states. */
export const MAX_PAYLOAD_BYTES = 262_144;

/** Marks an error that the engine must neither repeat nor catch. */
const FINAL = { isRetryable: false, isCatchable: false };

/** What a task needs of its execution. */
export interface TaskContext {
  readonly lambda: Pick<LambdaHost, 'invoke'>;
  /** Begins an attempt. Events that it adds after the engine gave up on it are dropped. */
  beginAttempt(): (event: NewEvent) => void;
  isRunning(): boolean;
  /** Writes all added events to disk before it returns. */
  commit(): void;
}

/** Runs a task whose resource is a function's ARN. */
export async function runFunctionTask(
  resource: string,
  input: unknown,
  task: TaskContext,
): Promise<ReturnType<typeof JSON.parse>> {
  const payload = serializeInput(input, task);
  const add = task.beginAttempt();
  add({
    type: 'LambdaFunctionScheduled',
    lambdaFunctionScheduledEventDetails: { resource, input: payload, inputDetails: NOT_TRUNCATED },
  });
  task.commit();
  const onBegin = (): void => add({ type: 'LambdaFunctionStarted' });
  const reply = await task.lambda.invoke(resource, payload, { onBegin });
  requireRunning(task);
  if (!reply.ok) {
    const failure = { error: reply.error.errorType, cause: JSON.stringify(reply.error) };
    add(toFailedEvent(failure));
    throw namedError(failure.error, failure.cause);
  }
  const output = reply.result;
  add({
    type: 'LambdaFunctionSucceeded',
    lambdaFunctionSucceededEventDetails: { output, outputDetails: NOT_TRUNCATED },
  });
  return toResult(output);
}

/** A function that was scheduled and never invoked fails with an event of its own. */
function toFailedEvent(failure: { readonly error: string; readonly cause: string }): NewEvent {
  return failure.error === NEVER_INVOKED
    ? { type: 'LambdaFunctionScheduleFailed', lambdaFunctionScheduleFailedEventDetails: failure }
    : { type: 'LambdaFunctionFailed', lambdaFunctionFailedEventDetails: failure };
}

/** @throws Error that neither Retry nor Catch handles, where the execution has ended or the payload is too large */
export function serializeInput(input: unknown, task: TaskContext): string {
  requireRunning(task);
  const payload = JSON.stringify(input);
  assertPayloadSize(payload);
  return payload;
}

/** The engine continues to retry a task after `abort`, so the task itself stops it with a final error. */
export function requireRunning(task: TaskContext): void {
  if (task.isRunning()) return;
  throw Object.assign(new Error('The execution has ended.'), FINAL);
}

/** @param output JSON text */
export function toResult(output: string): ReturnType<typeof JSON.parse> {
  assertPayloadSize(output);
  return JSON.parse(output);
}

/** `States.ALL` does not catch this error: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
function assertPayloadSize(payload: string): void {
  if (Buffer.byteLength(payload) <= MAX_PAYLOAD_BYTES) return;
  const error = namedError(
    'States.DataLimitExceeded',
    `A payload is larger than ${MAX_PAYLOAD_BYTES} bytes.`,
  );
  throw Object.assign(error, FINAL);
}

/** The engine matches Retry and Catch on the error's `name`, and passes its `message` on as the cause. */
export function namedError(name: string, cause: string): Error {
  return Object.assign(new Error(cause), { name });
}
