import type { FailureName } from '../failure.ts';
import { meaningOf } from './codes.ts';
import type { MiniMaxResponse } from './response.ts';

/** With these HTTP statuses a gateway says that it has not passed a request on. */
const NOT_PASSED_ON: readonly number[] = [401, 403, 407];

/** The name of a create's failure. */
export function nameAfterCreate({ code, errorType, httpStatus }: MiniMaxResponse): FailureName {
  if (code !== undefined) return meaningOf(code).afterCreate;
  if (httpStatus === 429) return 'MiniMaxBusy';
  const isRejectedByMiniMax = errorType !== undefined && httpStatus >= 400 && httpStatus <= 499;
  return isRejectedByMiniMax || NOT_PASSED_ON.includes(httpStatus)
    ? 'MiniMaxRefused'
    : 'SubmitOutcomeUnknown';
}

/** The name of a query's failure. A page without a code says nothing about the key or the task, and 429 says that MiniMax is busy. */
export function nameAfterQuery({ code, httpStatus }: MiniMaxResponse): FailureName {
  if (code !== undefined) return meaningOf(code).afterQuery;
  return httpStatus === 429 ? 'MiniMaxBusy' : 'MiniMaxUnavailable';
}
