import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isNestedTooDeep, isShallow, MAX_JSON_DEPTH } from '../../../lambdas/core/json/depth.ts';

test.each([
  ['lists', '[', ']'],
  ['objects', '{"a":', '}'],
])('accepts %s of a hundred levels, and not one more', (_name, open, close) => {
  const nested = (levels: number): string => `${open.repeat(levels)}1${close.repeat(levels)}`;
  expect(isNestedTooDeep(nested(MAX_JSON_DEPTH))).toBe(false);
  expect(isNestedTooDeep(nested(MAX_JSON_DEPTH + 1))).toBe(true);
  expect(isNestedTooDeep(nested(100_000))).toBe(true);
  expect(isNestedTooDeep(open.repeat(1_000_000))).toBe(true);
  expect(isShallow(JSON.parse(`[${nested(MAX_JSON_DEPTH)}]`))).toBe(false);
});

test('does not count brackets in strings, nor closed levels', () => {
  expect(isNestedTooDeep(JSON.stringify(['['.repeat(200), '"\\{'.repeat(200)]))).toBe(false);
  expect(isNestedTooDeep(JSON.stringify(Array.from({ length: 200 }, () => [{}])))).toBe(false);
});

test('agrees with the depth of the value for all JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      let nested: unknown = value;
      for (let level = 0; level < MAX_JSON_DEPTH - 3; level += 1) nested = [nested];
      expect(isNestedTooDeep(JSON.stringify(nested))).toBe(!isShallow(JSON.parse(JSON.stringify(nested))));
    }),
    { numRuns: 300 },
  );
});

test.each(['"', '\\', '"\\', '[]', '{'])('reads ten megabytes of %j in time', (part) => {
  expect(isNestedTooDeep(part.repeat(10_000_000 / part.length))).toBe(part === '{');
});
