import type { FailureName } from './failure.ts';
import type { Answer } from './minimax-answer.ts';

/** An unknown template, inputs that do not fit, a `callback_url` that does not answer. */
export const BAD_PARAMETERS = 2013;

const NAMED_CODES: Readonly<Record<number, FailureName>> = {
  1002: 'MiniMaxBusy',
  1039: 'MiniMaxBusy',
  1041: 'MiniMaxBusy',
  2045: 'MiniMaxBusy',
  1004: 'ApiKeyRejected',
  2049: 'ApiKeyRejected',
  1008: 'InsufficientBalance',
  1028: 'QuotaExhausted',
  1030: 'QuotaExhausted',
  2056: 'QuotaExhausted',
  2061: 'QuotaExhausted',
  1026: 'ContentRejected',
  1027: 'ContentRejected',
  1042: 'InvalidRequest',
  [BAD_PARAMETERS]: 'InvalidRequest',
};
const DOUBTFUL_CODES: readonly number[] = [1000, 1001, 1013, 1024, 1033];
const REFUSING_HTTP_STATUSES: readonly number[] = [400, 404, 405, 406, 411, 413, 414, 415, 422];

/** The name of a create's failure. */
export function nameAfterCreate({ code, httpStatus }: Answer): FailureName {
  if (code === 0 || (code !== undefined && DOUBTFUL_CODES.includes(code))) return 'SubmitOutcomeUnknown';
  if (code !== undefined) return NAMED_CODES[code] ?? 'MiniMaxRefused';
  if (REFUSING_HTTP_STATUSES.includes(httpStatus)) return 'MiniMaxRefused';
  return nameOfHttpStatus(httpStatus) ?? 'SubmitOutcomeUnknown';
}

/** Balance and quota are the business of a create; a query that names them has told nothing about the task. */
export function nameAfterQuery(answer: Answer): FailureName {
  const name = nameOf(answer);
  if (name === undefined || name === 'InsufficientBalance' || name === 'QuotaExhausted')
    return 'MiniMaxUnavailable';
  return name;
}

/** A failure that comes with a code for something else (a busy MiniMax, a wrong key) is no word about the task. */
export function endsTask(code: number): boolean {
  if (Number.isNaN(code) || DOUBTFUL_CODES.includes(code)) return false;
  const name = NAMED_CODES[code];
  return name === undefined || name === 'ContentRejected';
}

/** The code decides where there is one, otherwise the HTTP status. */
export function nameOf({ code, httpStatus }: Answer): FailureName | undefined {
  return code === undefined ? nameOfHttpStatus(httpStatus) : NAMED_CODES[code];
}

function nameOfHttpStatus(httpStatus: number): FailureName | undefined {
  if (httpStatus === 429) return 'MiniMaxBusy';
  if (httpStatus === 401 || httpStatus === 403) return 'ApiKeyRejected';
  return undefined;
}
