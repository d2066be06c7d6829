import { expect, test } from 'vitest';
import { NOT_ACCEPTED } from '../../../lambdas/core/failure.ts';
import { CODES, CODES_OF_TYPES, isErrorCode } from '../../../lambdas/core/minimax/codes.ts';
import { EVERY_CODE } from '../../faults/create-rows.ts';

/** Said again here and in the fault matrix, apart from the table under test: only after these may a create be repeated. */
const CERTAINLY_NOT_ACCEPTED = [1002, 1039, 1041, 2045];

test('only a code that says MiniMax is busy lets a create be repeated', () => {
  const repeated = Object.entries(CODES).filter(([, { afterCreate }]) => NOT_ACCEPTED.includes(afterCreate));
  expect(repeated.map(([code]) => Number(code))).toEqual(CERTAINLY_NOT_ACCEPTED);
});

test('every code has a row in the fault matrix', () => {
  const codes = Object.keys(CODES).map(Number).filter(isErrorCode);
  expect(EVERY_CODE).toEqual(expect.arrayContaining(codes));
});

test('the types of the other error form stand for codes of the table', () => {
  for (const [type, code] of CODES_OF_TYPES) expect(isErrorCode(code), type).toBe(true);
});
