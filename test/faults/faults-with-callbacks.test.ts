import { expect, test } from 'vitest';
import { testMatrix } from './matrix.ts';
import { ROWS } from './rows.ts';

const log = testMatrix({ callbacks: true });

test('was rung for, and heard it', () => {
  const received = log().split('"Rings":1').length - 1;
  expect(received).toBeGreaterThan(ROWS.length / 3);
});
