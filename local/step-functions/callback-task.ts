import { setTimeout as after } from 'node:timers/promises';
import { REGION } from '../template/template.ts';
import { WHOLE } from './history.ts';
import { namedError, requireRunning, serializeInput, type TaskContext, toResult } from './lambda-task.ts';
import type { Callback } from './task-resources.ts';
import type { TaskToken } from './task-tokens.ts';
import type { TokenOutcome } from './token-table.ts';

type Parameters = Readonly<Record<string, unknown>>;

interface CallbackSite extends TaskContext {
  readonly callback: Callback;
  readonly token: TaskToken;
  /** How long the token is waited for, in milliseconds, asked for when it is; undefined for as long as the engine lets it. */
  readonly timeoutMs: () => number | undefined;
}

/** A task that hands its token on and ends when somebody sends it back, unless what it called fails or its time is over. */
export async function runCallbackTask(
  parameters: Parameters,
  site: CallbackSite,
): Promise<ReturnType<typeof JSON.parse>> {
  const { callback } = site;
  const payload = serializeInput(parameters.Payload, site);
  const add = site.beginAttempt();
  add({
    type: 'TaskScheduled',
    taskScheduledEventDetails: { ...callback, region: REGION, parameters: JSON.stringify(parameters) },
  });
  add({ type: 'TaskStarted', taskStartedEventDetails: callback });
  site.commit();
  const submitted = succeeded(await invoke(String(parameters.FunctionName), payload, site), site, add);
  add({
    type: 'TaskSubmitted',
    taskSubmittedEventDetails: { ...callback, output: submitted, outputDetails: WHOLE },
  });
  return awaitToken(site, add);
}

/** The second half of such a task, where a resumed execution goes on: it waits for its token. */
export async function awaitToken(
  site: CallbackSite,
  add = site.beginAttempt(),
): Promise<ReturnType<typeof JSON.parse>> {
  const output = succeeded(await withTimeout(site.token, site.timeoutMs()), site, add);
  add({
    type: 'TaskSucceeded',
    taskSucceededEventDetails: { ...site.callback, output, outputDetails: WHOLE },
  });
  return toResult(output);
}

function succeeded(
  outcome: TokenOutcome,
  site: CallbackSite,
  add: ReturnType<CallbackSite['beginAttempt']>,
): string {
  requireRunning(site);
  if (outcome.ok) return outcome.output;
  const { error, cause } = outcome;
  add({ type: 'TaskFailed', taskFailedEventDetails: { ...site.callback, error, cause } });
  throw namedError(error, cause);
}

async function invoke(functionArn: string, payload: string, { lambda }: TaskContext): Promise<TokenOutcome> {
  const reply = await lambda.invoke(functionArn, payload);
  if (reply.ok) return { ok: true, output: reply.result };
  return { ok: false, error: reply.error.errorType, cause: JSON.stringify(reply.error) };
}

/** @throws Error `States.Timeout`, as the engine's own does */
async function withTimeout(token: TaskToken, timeoutMs: number | undefined): Promise<TokenOutcome> {
  if (timeoutMs === undefined) return token.outcome;
  const told = new AbortController();
  // Nothing is held up by a wait whose execution was stopped.
  const timeout = after(timeoutMs, undefined, { signal: told.signal, ref: false }).then(() => {
    token.close();
    throw namedError('States.Timeout', 'States.Timeout');
  });
  timeout.catch(() => undefined);
  try {
    return await Promise.race([token.outcome, timeout]);
  } finally {
    told.abort();
  }
}
