import { expect, test } from 'vitest';
import { testMatrix } from './matrix.ts';
import { ROWS } from './rows.ts';

const log = testMatrix({ doorbell: true });

test('was rung for, and heard it', () => {
  const rings = log().split('"Rings":1').length - 1;
  expect(rings).toBeGreaterThan(ROWS.length / 3);
});
