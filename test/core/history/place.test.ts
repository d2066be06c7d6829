import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCursor, toCursor } from '../../../lambdas/core/history/place.ts';

const encoded = (text: string): string => Buffer.from(text).toString('base64url');

const place = fc.record(
  {
    event: fc.integer({ min: 1 }),
    skip: fc.integer({ min: 0, max: 1000 }),
    token: fc.string({ maxLength: 1024, unit: fc.constantFrom(...'AZaz09+/=_-') }),
  },
  { requiredKeys: ['event', 'skip'] },
);

test('a cursor leads back to its place', () => {
  fc.assert(
    fc.property(place, (given) => {
      expect(readCursor(toCursor(given))).toEqual(given);
      expect(toCursor(given)).toMatch(/^[\w-]+$/);
    }),
  );
});

test.each([
  '',
  '!',
  'abc',
  `${toCursor({ event: 1, skip: 0 })}=`,
  'x'.repeat(2001),
  encoded('[1'),
  encoded('1'),
  encoded('null'),
  encoded('{}'),
  encoded('[]'),
  encoded('[1]'),
  encoded('[0,0]'),
  encoded('[-1,0]'),
  encoded('[1.5,0]'),
  encoded('[1e400,0]'),
  encoded('["1",0]'),
  encoded('[1,-1]'),
  encoded('[1,1001]'),
  encoded('[1,0,null]'),
  encoded('[1,0,7]'),
  encoded('[1,0,"token",1]'),
])('takes %j for no cursor', (text) => {
  expect(readCursor(text)).toBeUndefined();
});

test('takes no text for a cursor that leads to another place than the cursor of that place', () => {
  const texts = fc.oneof(fc.string(), fc.base64String(), fc.json().map(encoded));
  fc.assert(
    fc.property(texts, (text) => {
      const found = readCursor(text);
      if (found !== undefined) expect(readCursor(toCursor(found))).toEqual(found);
    }),
  );
});
