import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changedNumber } from '../../../lambdas/core/json/number.ts';

test.each([
  '0',
  '-0',
  '0.0',
  '-0.0e7',
  '0e999999999999999999999',
  '1',
  '1.0',
  '1e2',
  '1E+2',
  '100e-2',
  '0.1',
  '1.50',
  '0.30000000000000004',
  '123456789012345',
  '9007199254740991',
  '-9007199254740992',
  '100000000000000000000',
  '1e20',
  '1e21',
  '1e308',
  '1.7976931348623157e308',
  '5e-324',
  '12345678901234567000',
  `1${'0'.repeat(300)}`,
  `0.${'0'.repeat(300)}1`,
])('keeps the value of %s', (source) => {
  expect(changedNumber(source)).toBeUndefined();
});

test.each([
  ['12345678901234567891', '12345678901234567000'],
  ['-12345678901234567891', '-12345678901234567000'],
  ['9007199254740993', '9007199254740992'],
  ['393769180141805569', '393769180141805600'],
  ['1.0000000000000000001', '1'],
  ['0.10000000000000000001', '0.1'],
  ['0.30000000000000000004', '0.3'],
  ['1e400', 'null'],
  ['-1e400', 'null'],
  ['1e-400', '0'],
  ['-1e-400', '0'],
  ['1e99999999999999999999', 'null'],
  ['1e-99999999999999999999', '0'],
  [`1${'0'.repeat(400)}`, 'null'],
])('says what %s becomes', (source, kept) => {
  expect(changedNumber(source)).toBe(kept);
});

test('keeps every double as JavaScript writes it, and every safe integer', () => {
  const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.maxSafeInteger());
  fc.assert(
    fc.property(number, (value) => {
      expect(changedNumber(JSON.stringify(value))).toBeUndefined();
    }),
  );
});

test('keeps an integer exactly where it is equal afterwards', () => {
  // JavaScript writes smaller integers without an exponent.
  const least = 10n ** 20n;
  fc.assert(
    fc.property(fc.bigInt({ min: -least + 1n, max: least - 1n }), (value) => {
      const isSame = BigInt(JSON.stringify(Number(value))) === value;
      expect(changedNumber(String(value)) === undefined).toBe(isSame);
    }),
  );
});
