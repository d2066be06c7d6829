import type { FailureName } from '../failure.ts';
import { DOUBTFUL_CODES, NAMED_CODES } from './codes.ts';
import type { Answer } from './response.ts';

/** With these, a gateway says that it has not passed a request on. */
const NOT_PASSED_ON: readonly number[] = [401, 403, 407];

/** The name of a create's failure. */
export function nameAfterCreate({ code, errorType, httpStatus }: Answer): FailureName {
  if (code === 0 || (code !== undefined && DOUBTFUL_CODES.includes(code))) return 'SubmitOutcomeUnknown';
  if (code !== undefined) return NAMED_CODES[code] ?? 'MiniMaxRefused';
  if (httpStatus === 429) return 'MiniMaxBusy';
  const isRefusedByMiniMax = errorType !== undefined && httpStatus >= 400 && httpStatus <= 499;
  return isRefusedByMiniMax || NOT_PASSED_ON.includes(httpStatus) ? 'MiniMaxRefused' : 'SubmitOutcomeUnknown';
}

/** Balance and quota are the business of a create; a query that names them has told nothing about the task. */
export function nameAfterQuery(answer: Answer): FailureName {
  const name = nameOf(answer);
  if (name === undefined || name === 'InsufficientBalance' || name === 'QuotaExhausted')
    return 'MiniMaxUnavailable';
  return name;
}

/** A failure that comes with a code for something else (a busy MiniMax, a wrong key) is no word about the task. */
export function isTerminalFailure(code: number): boolean {
  if (Number.isNaN(code) || DOUBTFUL_CODES.includes(code)) return false;
  const name = NAMED_CODES[code];
  return name === undefined || name === 'ContentRejected';
}

/** A page without a code judges nothing; 429 alone says what it means. */
export function nameOf({ code, httpStatus }: Answer): FailureName | undefined {
  if (code !== undefined) return NAMED_CODES[code];
  return httpStatus === 429 ? 'MiniMaxBusy' : undefined;
}
