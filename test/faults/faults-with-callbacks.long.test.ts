import { expect, test } from 'vitest';
import { testMatrix } from './matrix.ts';
import { ROWS } from './rows.ts';

const log = testMatrix(ROWS, true);

test('received callbacks', () => {
  const received = log().split('"Callbacks":1').length - 1;
  expect(received).toBeGreaterThan(ROWS.length / 3);
});
