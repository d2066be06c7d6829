import { expect, test } from 'vitest';
import { testMatrix } from './matrix.ts';

const log = testMatrix({ doorbell: true });

test('was rung for, and heard it', () => {
  expect(log()).toContain('"message":"rung"');
  expect(log()).toContain('"Rings":1');
});
