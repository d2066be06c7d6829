import { expect, test } from 'vitest';
import { testMatrix } from './matrix.ts';
import { isInShortRun, ROWS } from './rows.ts';

const rows = ROWS.filter((row) => isInShortRun(row, true));
const log = testMatrix(rows, true);

test('received callbacks', () => {
  const received = log().split('"Callbacks":1').length - 1;
  expect(received).toBeGreaterThan(rows.length / 3);
});
