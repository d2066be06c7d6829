import { expect, test } from 'vitest';
import { createAdmission } from '../../../local/api-gateway/admission.ts';

test('limits the requests of a name, and admits another when one has ended', () => {
  const { enter } = createAdmission({ maxRequests: 2, maxBytes: 100 });
  const leave = enter('a', 0);
  enter('a', 0);
  expect(enter('a', 0)).toBeUndefined();
  expect(enter('b', 0)).toBeDefined();
  leave?.();
  expect(enter('a', 0)).toBeDefined();
});

test('limits the bytes of all names, and admits a larger request alone', () => {
  const { enter } = createAdmission({ maxRequests: 10, maxBytes: 100 });
  const leave = enter('a', 150);
  expect(enter('b', 1)).toBeUndefined();
  leave?.();
  expect(enter('b', 60)).toBeDefined();
  expect(enter('a', 41)).toBeUndefined();
  expect(enter('a', 40)).toBeDefined();
});
