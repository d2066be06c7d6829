import { expect, test } from 'vitest';
import { INCONCLUSIVE_QUERY, NOT_ACCEPTED } from '../../../lambdas/core/failure.ts';
import { CODES, CODES_OF_TYPES, isErrorCode } from '../../../lambdas/core/minimax/codes.ts';
import { EVERY_CODE } from '../../faults/create-rows.ts';
import { QUERY_ROWS } from '../../faults/query-rows.ts';

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

test('every code that ends a task after two checks has a row for both in the fault matrix', () => {
  const conclusive = Object.entries(CODES).filter(
    ([code, { afterQuery }]) => isErrorCode(Number(code)) && !INCONCLUSIVE_QUERY.includes(afterQuery),
  );
  const faults = conclusive.map(([code]) => `code ${code} twice`);
  expect(faults.length).toBeGreaterThan(0);
  expect(QUERY_ROWS.map(({ fault }) => fault)).toEqual(expect.arrayContaining(faults));
});

test('the types of the other error form stand for codes of the table', () => {
  for (const [type, code] of CODES_OF_TYPES) expect(isErrorCode(code), type).toBe(true);
});
