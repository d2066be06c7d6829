import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from '../../../lambdas/core/api/validation.ts';
import { lostValues } from '../../../lambdas/core/json/lost-values.ts';

test.each([
  ['{"metadata":{"order":12345678901234567891}}', ['/metadata/order']],
  ['{"a":[1,2,{"b":1e400}]}', ['/a/2/b']],
  ['[[],[1],{"x":[0,1.0000000000000000001]}]', ['/2/x/1']],
  ['{"a":1e400,"b":1e-400}', ['/a', '/b']],
  ['{"a/b~c":1e400}', ['/a~1b~0c']],
  [' 1e400 ', ['']],
  ['{"a":"1e400","1e400":["-"]}', []],
  [String.raw`{"a\"":1e400,"b":"\\"}`, ['/a"']],
  ['{"a":1,"a":2}', ['/a']],
  [String.raw`{"a":1,"\u0061":2}`, ['/a']],
  ['{"m":{"a":1,"b":{"a":1},"a":2}}', ['/m/a']],
  ['{"a":{"x":1},"b":{"x":1},"c":[{"x":1},{"x":1}]}', []],
  ['{"__proto__":1,"__proto__":2}', ['/__proto__']],
  ['{"":1,"":2}', ['/']],
])('finds in %s what JSON.parse would change without an error', (text, pointers) => {
  expect(lostValues(text).map(({ pointer }) => pointer)).toEqual(pointers);
});

test('says how to send what would change', () => {
  expect(lostValues('{"a":12345678901234567891,"a":1}')).toEqual([
    {
      pointer: '/a',
      detail: 'is a number that JSON parsers change to 12345678901234567000; send it as a string',
    },
    {
      pointer: '/a',
      detail: 'occurs more than once in its object; send it once',
    },
  ]);
});

test('finds nothing in JSON that JavaScript has written', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(lostValues(text)).toEqual([]);
    }),
  );
});

test('names a thousand places at most', () => {
  expect(lostValues(`[${'1e400,'.repeat(100_000)}1]`)).toHaveLength(1_000);
});

test.each(['{"template_id":"1"}', ' [1] '])('ignores a byte order mark before %s', (text) => {
  expect(parseJson(`\ufeff${text}`)).toEqual({ ok: true, value: JSON.parse(text) });
});

test.each([
  ['\ufeff', 'is empty'],
  ['\ufeff\ufeff{}', 'is not JSON'],
  ['{}\ufeff', 'is not JSON'],
  ['{\0"\0a\0"\0', 'is UTF-16 or UTF-32; send it in UTF-8'],
  ['\0{\0}', 'is UTF-16 or UTF-32'],
  ['\ufffd\ufffd{\0}\0', 'is UTF-16 or UTF-32'],
  ['{"a":NaN}', 'is not JSON'],
  ['{"a":+1}', 'is not JSON'],
])('rejects the text %j', (text, detail) => {
  expect(parseJson(text)).toEqual({
    ok: false,
    issues: [{ pointer: '', detail: expect.stringContaining(detail) }],
  });
});
