import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wholeMembers } from '../../../lambdas/core/json/partial.ts';

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

test.each([
  ['{"a":"1"', { a: '1' }],
  ['{"a":"1","b":"2', { a: '1' }],
  ['{"a":"1","b', { a: '1' }],
  ['{"a":"1","b"', { a: '1' }],
  ['{"a":"1","b":', { a: '1' }],
  ['{"a":12', {}],
  ['{"a":12,', { a: 12 }],
  ['{"a":12}', { a: 12 }],
  ['{"a":tru', {}],
  ['{"a":"1","b":{"c":0,"d":"e', { a: '1', b: { c: 0 } }],
  ['{"a":"1","b":{"c":"d"', { a: '1', b: { c: 'd' } }],
  ['{"a":[1,{"b":2},3', { a: [1, { b: 2 }] }],
  ['{"a":"1"} and more', { a: '1' }],
  ['{"a":"1\\"', {}],
  ['{"a":"}","b":"', { a: '}' }],
  ['{"a":"\\\\","b":"', { a: '\\' }],
  [' \n{ "a" : "1" ', { a: '1' }],
  ['["a"', {}],
  ['"a"', {}],
  ['', {}],
  ['<html>"a":"1"', {}],
  ['{"a":"1"]', { a: '1' }],
  ['{"a" "b" "c" "d" "e"', {}],
])('%j gives %j', (text, members) => {
  expect(wholeMembers(text, parse)).toEqual(members);
});

test('returns only complete values of the whole object, for a cut at any position', () => {
  const member = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.constantFrom(true, null, 'x"y', '\\'),
    fc.dictionary(fc.string(), fc.string()),
    fc.array(fc.integer()),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), member), fc.nat(), (whole, place) => {
      const text = JSON.stringify(whole);
      const found = wholeMembers(text.slice(0, place % (text.length + 1)), parse);
      for (const [name, value] of Object.entries(found)) {
        if (typeof value === 'object') continue;
        expect(value).toEqual(JSON.parse(text)[name]);
      }
      expect(wholeMembers(text, parse)).toEqual(JSON.parse(text));
    }),
    { numRuns: 2_000 },
  );
});

test.each(['[', '{"a":', '"', '"a",', '\\', '{"a":"\\"', ','])('reads a megabyte of unclosed %j', (part) => {
  const text = `{"a":"1",${part.repeat(1_000_000 / part.length)}`;
  expect(Object.keys(wholeMembers(text, parse)).length).toBeLessThan(2);
});
