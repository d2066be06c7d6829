import { setTimeout as after } from 'node:timers/promises';
import { REGION } from '../template/template.ts';
import { NOT_TRUNCATED } from './history.ts';
import { namedError, requireRunning, serializeInput, type TaskContext, toResult } from './lambda-task.ts';
import type { Callback } from './task-resources.ts';
import type { TaskToken } from './task-tokens.ts';
import type { TokenOutcome } from './token-table.ts';

type Parameters = Readonly<Record<string, unknown>>;

interface CallbackContext extends TaskContext {
  readonly callback: Callback;
  readonly token: TaskToken;
  /** How long the task waits for the token, in milliseconds, read when the wait begins. Undefined: no timeout of its own. */
  readonly timeoutMs: () => number | undefined;
}

/** Invokes the function with the token, and ends when the token is sent back, the function fails or the timeout passes. */
export async function runCallbackTask(
  parameters: Parameters,
  task: CallbackContext,
): Promise<ReturnType<typeof JSON.parse>> {
  const { callback } = task;
  const payload = serializeInput(parameters.Payload, task);
  const add = task.beginAttempt();
  add({
    type: 'TaskScheduled',
    taskScheduledEventDetails: { ...callback, region: REGION, parameters: JSON.stringify(parameters) },
  });
  add({ type: 'TaskStarted', taskStartedEventDetails: callback });
  task.commit();
  const submitted = toOutput(await invoke(String(parameters.FunctionName), payload, task), task, add);
  add({
    type: 'TaskSubmitted',
    taskSubmittedEventDetails: { ...callback, output: submitted, outputDetails: NOT_TRUNCATED },
  });
  return awaitToken(task, add);
}

/** Waits for the token. A resumed execution begins here where its function had returned. */
export async function awaitToken(
  task: CallbackContext,
  add = task.beginAttempt(),
): Promise<ReturnType<typeof JSON.parse>> {
  const output = toOutput(await withTimeout(task.token, task.timeoutMs()), task, add);
  add({
    type: 'TaskSucceeded',
    taskSucceededEventDetails: { ...task.callback, output, outputDetails: NOT_TRUNCATED },
  });
  return toResult(output);
}

/** @throws Error with the name and cause of a failed outcome */
function toOutput(
  outcome: TokenOutcome,
  task: CallbackContext,
  add: ReturnType<CallbackContext['beginAttempt']>,
): string {
  requireRunning(task);
  if (outcome.ok) return outcome.output;
  const { error, cause } = outcome;
  add({ type: 'TaskFailed', taskFailedEventDetails: { ...task.callback, error, cause } });
  throw namedError(error, cause);
}

async function invoke(functionArn: string, payload: string, { lambda }: TaskContext): Promise<TokenOutcome> {
  const reply = await lambda.invoke(functionArn, payload);
  if (reply.ok) return { ok: true, output: reply.result };
  return { ok: false, error: reply.error.errorType, cause: JSON.stringify(reply.error) };
}

/** @throws Error `States.Timeout`, as the engine throws it */
async function withTimeout(token: TaskToken, timeoutMs: number | undefined): Promise<TokenOutcome> {
  if (timeoutMs === undefined) return token.outcome;
  const delivered = new AbortController();
  // `ref: false`: the wait of a stopped execution must not keep the process alive.
  const timeout = after(timeoutMs, undefined, { signal: delivered.signal, ref: false }).then(() => {
    token.close();
    throw namedError('States.Timeout', 'States.Timeout');
  });
  timeout.catch(() => undefined);
  try {
    return await Promise.race([token.outcome, timeout]);
  } finally {
    delivered.abort();
  }
}
