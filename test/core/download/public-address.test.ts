import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPublicAddress } from '../../../lambdas/core/download/public-address.ts';

/** First and last address of each special-purpose range (RFC 6890 and later), of multicast and of unallocated ranges. */
const SPECIAL = [
  ['0.0.0.0', '0.255.255.255'],
  ['10.0.0.0', '10.255.255.255'],
  ['100.64.0.0', '100.127.255.255'],
  ['127.0.0.0', '127.255.255.255'],
  ['169.254.0.0', '169.254.255.255'],
  ['172.16.0.0', '172.31.255.255'],
  ['192.0.0.0', '192.0.0.255'],
  ['192.0.2.0', '192.0.2.255'],
  ['192.31.196.0', '192.31.196.255'],
  ['192.52.193.0', '192.52.193.255'],
  ['192.88.99.0', '192.88.99.255'],
  ['192.168.0.0', '192.168.255.255'],
  ['192.175.48.0', '192.175.48.255'],
  ['198.18.0.0', '198.19.255.255'],
  ['198.51.100.0', '198.51.100.255'],
  ['203.0.113.0', '203.0.113.255'],
  ['224.0.0.0', '255.255.255.255'],
] as const;

test.each(SPECIAL)('nothing from %s to %s is public', (first, last) => {
  const [from, to] = [toNumber(first), toNumber(last)];
  fc.assert(
    fc.property(fc.integer({ min: from, max: to }), (address) => {
      expect(isPublicAddress(toAddress(address))).toBe(false);
    }),
    { numRuns: 50, examples: [[from], [to]] },
  );
});

test('any other IPv4 address is public', () => {
  const isSpecial = (address: number): boolean =>
    SPECIAL.some(([first, last]) => address >= toNumber(first) && address <= toNumber(last));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (address) => {
      expect(isPublicAddress(toAddress(address))).toBe(!isSpecial(address));
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['2606:4700::1111', true],
  ['2400:3200::1', true],
  ['2a00:1450:4001:82a::200e', true],
  ['2001:4860:4860::8888', true],
  ['::', false],
  ['::1', false],
  ['::8.8.8.8', false],
  ['::808:808', false],
  ['::ffff:8.8.8.8', false],
  ['64:ff9b::8.8.8.8', true],
  ['64:ff9b::10.0.0.1', false],
  ['64:ff9b::a9fe:a9fe', false],
  ['64:ff9b:1::8.8.8.8', false],
  ['100::1', false],
  ['2001::1', false],
  ['2001:db8::1', false],
  ['2002:808:808::1', false],
  ['3fff::1', false],
  ['4000::1', false],
  ['5f00::1', false],
  ['fc00::1', false],
  ['fe80::1', false],
  ['fe80::1%eth0', false],
  ['fec0::1', false],
  ['ff02::1', false],
  ['cdn.example', false],
  ['', false],
])('%s is public: %s', (address, expected) => {
  expect(isPublicAddress(address)).toBe(expected);
});

function toNumber(address: string): number {
  return address.split('.').reduce((value, part) => value * 256 + Number(part), 0);
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.');
}
