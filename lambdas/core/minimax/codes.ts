import type { FailureName } from '../failure.ts';

/** An unknown template, inputs that do not fit, a `callback_url` that does not answer. */
export const BAD_PARAMETERS = 2013;

/** What is certain after these. */
export const NAMED_CODES: Readonly<Record<number, FailureName>> = {
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
/** After these, nobody knows what became of a create. */
export const DOUBTFUL_CODES: readonly number[] = [1000, 1001, 1013, 1024, 1033];

/** Of the other error form, where its message names no code that is known: minimax-api.md, "The other error form". */
export const CODES_OF_TYPES: ReadonlyMap<string, number> = new Map([
  ['bad_request_error', 2013],
  ['authorized_error', 1004],
  ['insufficient_balance_error', 1008],
  ['unprocessable_entity_error', 1026],
  ['rate_limit_error', 1002],
  ['overloaded_error', 1002],
  ['server_error', 1000],
]);

export function isKnownCode(code: number): boolean {
  return NAMED_CODES[code] !== undefined || DOUBTFUL_CODES.includes(code);
}
