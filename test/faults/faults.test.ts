import { expect, test } from 'vitest';
import { testMatrix } from './matrix.ts';
import { ROWS } from './rows.ts';

testMatrix({});

test('has at least sixty rows, no two of the same name', () => {
  expect(ROWS.length).toBeGreaterThanOrEqual(60);
  expect(new Set(ROWS.map(({ phase, fault }) => `${phase}: ${fault}`)).size).toBe(ROWS.length);
});
