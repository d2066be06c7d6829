import { setImmediate as engineHasSpoken } from 'node:timers/promises';
import type { LambdaHost } from '../lambda/lambda-host.ts';
import { REGION } from '../template.ts';
import { CALLBACK, type NewEvent, WHOLE } from './history.ts';
import type { TokenOutcome } from './task-tokens.ts';

/** What AWS lets pass between two states, in bytes. */
export const MAX_PAYLOAD_BYTES = 262_144;

/** The resource of a task that calls a function and then waits for its token to come back. */
export const CALLBACK_RESOURCE = 'arn:aws:states:::lambda:invoke.waitForTaskToken';

/** Marks an error that the engine must neither repeat nor catch. */
const FINAL = { isRetryable: false, isCatchable: false };

/** The execution in which a task runs. */
export interface TaskSite {
  readonly lambda: Pick<LambdaHost, 'invoke'>;
  /** Begins an attempt; what it adds to the history after the engine has given up on it is dropped. */
  beginAttempt(): (event: NewEvent) => void;
  isRunning(): boolean;
}

/** A task whose resource is a function's ARN: the function takes the input and gives the result. */
export async function runFunctionTask(
  resource: string,
  input: unknown,
  site: TaskSite,
): Promise<ReturnType<typeof JSON.parse>> {
  const payload = await prepared(input, site);
  const add = site.beginAttempt();
  add({
    type: 'LambdaFunctionScheduled',
    lambdaFunctionScheduledEventDetails: { resource, input: payload, inputDetails: WHOLE },
  });
  add({ type: 'LambdaFunctionStarted' });
  const reply = await site.lambda.invoke(resource, payload);
  requireRunning(site);
  if (!reply.ok) {
    const failure = { error: reply.error.errorType, cause: JSON.stringify(reply.error) };
    add({ type: 'LambdaFunctionFailed', lambdaFunctionFailedEventDetails: failure });
    throw namedError(failure.error, failure.cause);
  }
  const output = reply.result;
  add({
    type: 'LambdaFunctionSucceeded',
    lambdaFunctionSucceededEventDetails: { output, outputDetails: WHOLE },
  });
  requireCarriable(output);
  return JSON.parse(output);
}

/** A task that hands its token to a function and ends when somebody sends it back, unless the function fails first. */
export async function runCallbackTask(
  parameters: unknown,
  outcome: Promise<TokenOutcome>,
  site: TaskSite,
): Promise<ReturnType<typeof JSON.parse>> {
  const { FunctionName, Payload } = parameters as {
    readonly FunctionName: string;
    readonly Payload: unknown;
  };
  const payload = await prepared(Payload, site);
  const add = site.beginAttempt();
  const fail = (error: string, cause: string): Error => {
    add({ type: 'TaskFailed', taskFailedEventDetails: { ...CALLBACK, error, cause } });
    return namedError(error, cause);
  };
  add({
    type: 'TaskScheduled',
    taskScheduledEventDetails: { ...CALLBACK, region: REGION, parameters: JSON.stringify(parameters) },
  });
  add({ type: 'TaskStarted', taskStartedEventDetails: CALLBACK });
  const reply = await site.lambda.invoke(FunctionName, payload);
  requireRunning(site);
  if (!reply.ok) throw fail(reply.error.errorType, JSON.stringify(reply.error));
  add({
    type: 'TaskSubmitted',
    taskSubmittedEventDetails: { ...CALLBACK, output: reply.result, outputDetails: WHOLE },
  });
  const told = await outcome;
  requireRunning(site);
  if (!told.ok) throw fail(told.error, told.cause);
  const { output } = told;
  add({
    type: 'TaskSucceeded',
    taskSucceededEventDetails: { ...CALLBACK, output, outputDetails: WHOLE },
  });
  requireCarriable(output);
  return JSON.parse(output);
}

async function prepared(input: unknown, site: TaskSite): Promise<string> {
  await engineHasSpoken();
  requireRunning(site);
  const payload = JSON.stringify(input);
  requireCarriable(payload);
  return payload;
}

/** The engine goes on repeating a task after it was aborted, so the task itself has to end it. */
function requireRunning(site: TaskSite): void {
  if (site.isRunning()) return;
  throw Object.assign(new Error('The execution has ended.'), FINAL);
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
