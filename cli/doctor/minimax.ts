import { nameAfterQuery } from '../../lambdas/core/minimax/classify.ts';
import { toMiniMaxResponse } from '../../lambdas/core/minimax/response.ts';
import { template } from '../../lambdas/core/minimax/template.ts';
import { MAINLAND_HOST, toCatalogue } from '../../lambdas/core/minimax/templates.ts';
import { UsageError } from '../../local/user-error.ts';
import type { LocalEnvironment } from '../environment.ts';
import { GLOBAL_HOST, type MiniMaxChoice, toMiniMaxChoice } from '../minimax-choice.ts';
import { type Check, ok, problem, skipped } from './check.ts';
import { checkClock } from './machine.ts';

const NAME = 'MiniMax key';
const TIMEOUT_MS = 15_000;

/** No task of an account has this id. To ask for it costs nothing. */
const NO_TASK = '1';

/** Tries the key of the environment at its host, with a query for a task. @param signal ends it */
export async function checkMiniMax(
  environment: LocalEnvironment,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const choice = toChoice(environment);
  if ('state' in choice) return [choice];
  const { apiKey, host = GLOBAL_HOST } = choice;
  if (apiKey === undefined)
    return [skipped(NAME, 'MINIMAX_API_KEY is not set, so dev and make --here simulate MiniMax')];
  const url = `${host}${template.queryPath(NO_TASK)}`;
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${apiKey}` },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const answer = { httpStatus: response.status, text: await response.text() };
    return [toCheck(answer, host), checkClock(host, response.headers.get('date'), new Date())];
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? cause.message || message : message;
    return [problem(NAME, `${host} does not answer (${reason})`, 'Check MINIMAX_API_HOST and your network.')];
  }
}

function toChoice(environment: LocalEnvironment): MiniMaxChoice | Check {
  try {
    return toMiniMaxChoice(environment);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return problem(NAME, 'MINIMAX_API_KEY or MINIMAX_API_HOST is malformed', error.message);
  }
}

function toCheck(answer: { readonly httpStatus: number; readonly text: string }, host: string): Check {
  const name = nameAfterQuery(toMiniMaxResponse(answer));
  if (name === 'ApiKeyRejected' || answer.httpStatus === 401)
    return problem(NAME, `${host} rejects it`, adviceFor(host));
  // MiniMax has read the key, because it says of the task that it does not exist.
  if (name === 'InvalidRequest') return ok(NAME, `${host} accepts it`);
  return problem(
    NAME,
    `${host} does not say whether the key is valid (HTTP ${answer.httpStatus}, ${name})`,
    'Try again later.',
  );
}

function adviceFor(host: string): string {
  const other = isMainland(host) ? GLOBAL_HOST : MAINLAND_HOST;
  return `Check the key. Keys of one region are not valid in the other: for the other region, set MINIMAX_API_HOST=${other}.`;
}

/** Do the key of the environment and the service belong to one region of MiniMax? @param serviceHost of its catalogue */
export function checkRegion(environment: LocalEnvironment, serviceHost: string): Check {
  const name = 'MiniMax region';
  const found = `the service calls ${serviceHost}`;
  const choice = toChoice(environment);
  if ('state' in choice || choice.apiKey === undefined) return ok(name, found);
  const { host = GLOBAL_HOST } = choice;
  if (isMainland(host) === isMainland(serviceHost)) return ok(name, found);
  return problem(
    name,
    `${found}, and MINIMAX_API_KEY is used with ${host}`,
    `If the secret has this key, deploy with -c minimaxHost=${host}.`,
  );
}

/** The catalogue knows the hosts of the mainland. */
function isMainland(host: string): boolean {
  return toCatalogue(host).host !== GLOBAL_HOST;
}
