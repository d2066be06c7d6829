import type { FailureName } from '../failure.ts';

/** What one of MiniMax's codes means, by the answer that has it. */
interface CodeMeaning {
  /** As the answer to a create. */
  readonly afterCreate: FailureName;
  /** As the answer to a query, which then says nothing about the task. */
  readonly afterQuery: FailureName;
  /** With the status of a task that has failed. @default no reason for that: MiniMax is asked again */
  readonly ofTask?: TaskFailure;
}

type TaskFailure = 'ContentRejected' | 'GenerationFailed';

const BUSY: CodeMeaning = { afterCreate: 'MiniMaxBusy', afterQuery: 'MiniMaxBusy' };
/** It is unknown whether a create was accepted. */
const DOUBTFUL: CodeMeaning = { afterCreate: 'SubmitOutcomeUnknown', afterQuery: 'MiniMaxUnavailable' };
const KEY: CodeMeaning = { afterCreate: 'ApiKeyRejected', afterQuery: 'ApiKeyRejected' };
/** Balance and quota are needed for a create only. */
const BALANCE: CodeMeaning = { afterCreate: 'InsufficientBalance', afterQuery: 'MiniMaxUnavailable' };
const QUOTA: CodeMeaning = { afterCreate: 'QuotaExhausted', afterQuery: 'MiniMaxUnavailable' };
const CONTENT: CodeMeaning = {
  afterCreate: 'ContentRejected',
  afterQuery: 'ContentRejected',
  ofTask: 'ContentRejected',
};
const INVALID: CodeMeaning = { afterCreate: 'InvalidRequest', afterQuery: 'InvalidRequest' };
/** MiniMax rejects the request for a reason that it does not document. */
const UNKNOWN: CodeMeaning = {
  afterCreate: 'MiniMaxRefused',
  afterQuery: 'MiniMaxUnavailable',
  ofTask: 'GenerationFailed',
};
/** No error, in an answer that has not what it should have, or with a task that has failed. */
const FINE: CodeMeaning = { ...UNKNOWN, afterCreate: 'SubmitOutcomeUnknown' };

/** An unknown template, inputs that do not fit, a `callback_url` that does not answer. */
export const BAD_PARAMETERS = 2013;

/**
 * All codes that MiniMax documents. Any other code means what `UNKNOWN` says. `../failure.ts` has the title and the advice of each
 * name, and `infra/alarms.ts` its alarm: the operator reads those words. CONTRIBUTING.md lists what a new code needs.
 */
export const CODES: Readonly<Record<number, CodeMeaning>> = {
  0: FINE,
  1000: DOUBTFUL,
  1001: DOUBTFUL,
  1002: BUSY,
  1004: KEY,
  1008: BALANCE,
  1013: DOUBTFUL,
  1024: DOUBTFUL,
  1026: CONTENT,
  1027: CONTENT,
  1028: QUOTA,
  1030: QUOTA,
  1033: DOUBTFUL,
  1039: BUSY,
  1041: BUSY,
  1042: INVALID,
  [BAD_PARAMETERS]: INVALID,
  2045: BUSY,
  2049: KEY,
  2056: QUOTA,
  2061: QUOTA,
};

/** The codes of MiniMax's other error form, where its message has none of them at its end. */
export const CODES_OF_TYPES: ReadonlyMap<string, number> = new Map([
  ['bad_request_error', BAD_PARAMETERS],
  ['authorized_error', 1004],
  ['insufficient_balance_error', 1008],
  ['unprocessable_entity_error', 1026],
  ['rate_limit_error', 1002],
  ['overloaded_error', 1002],
  ['server_error', 1000],
]);

export function meaningOf(code: number): CodeMeaning {
  return CODES[code] ?? UNKNOWN;
}

export function isErrorCode(code: number): boolean {
  return code !== 0 && CODES[code] !== undefined;
}

/** Why a task has failed that comes with this code. @returns undefined where the code says that something else went wrong */
export function taskFailure(code: number): TaskFailure | undefined {
  return Number.isNaN(code) ? undefined : meaningOf(code).ofTask;
}
