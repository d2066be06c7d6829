import { expect, test } from 'vitest';
import { unsupportedValues } from '../../../lambdas/core/json/unsupported-values.ts';

const parsed = (text: string): unknown => JSON.parse(text);

test.each([
  [String.raw`{"a":["x","\ud800"]}`, [['/a/1', 'has a lone surrogate, "\\ud800"']]],
  [String.raw`{"a":{"\udc00b":1}}`, [['/a/\\udc00b', 'has a lone surrogate, "\\udc00"']]],
  [String.raw`{"a":"\ude00\ud83d"}`, [['/a', 'has a lone surrogate, "\\ude00"']]],
  ['{"a":{"__proto__":{"b":1}}}', [['/a/__proto__', 'has the name __proto__']]],
  ['{"__proto__":1}', [['/__proto__', 'has the name __proto__']]],
  [
    '{"a":[1e400,-1e400]}',
    [
      ['/a/0', 'beyond the range of a double'],
      ['/a/1', 'beyond the range'],
    ],
  ],
] as const)('finds what some JSON readers change in %s', (text, places) => {
  const expected = places.map(([pointer, detail]) => ({ pointer, detail: expect.stringContaining(detail) }));
  expect(unsupportedValues(parsed(text))).toEqual(expected);
});

test('finds nothing in supported values', () => {
  const kept = {
    text: 'Löwe 😀 \ufffd \0 \u202e',
    constructor: 1,
    toString: [null, true, -0, 5e-324],
    '': {},
  };
  expect(unsupportedValues(kept)).toEqual([]);
});

test('names a thousand places at most, and does not go below the maximum depth', () => {
  expect(unsupportedValues(Array(100_000).fill('\ud800'))).toHaveLength(1_000);
  const deep = parsed(`${'['.repeat(100_000)}"\\ud800"${']'.repeat(100_000)}`);
  expect(unsupportedValues(deep)).toEqual([]);
});
