import { expect, test } from 'vitest';
import {
  durationBetween,
  formatBytes,
  formatDollars,
  formatDuration,
  formatTime,
  shortId,
} from '../../../page/format.ts';

test.each([
  [0, '0 s'],
  [-5, '0 s'],
  [59.4, '59 s'],
  [59.6, '1 min 0 s'],
  [125, '2 min 5 s'],
  [3599, '59 min 59 s'],
  [3600, '1 h 0 min'],
  [86_399, '23 h 59 min'],
  [86_400, '1 day'],
  [200_000, '2 days'],
])('%d seconds are %s', (seconds, words) => {
  expect(formatDuration(seconds)).toBe(words);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [8712, '8.7 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [999_999, '1.0 MB'],
  [1_000_000, '1.0 MB'],
  [20_000_000, '20.0 MB'],
])('%d bytes are %s', (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words);
});

test('a duration between unreadable times is empty, and an unreadable time stays as it is', () => {
  expect(durationBetween('2026-11-27T00:00:00Z', '2026-11-27T00:02:05Z')).toBe('2 min 5 s');
  expect(durationBetween('2026-11-27T00:00:00Z', Date.parse('2026-11-27T00:00:09Z'))).toBe('9 s');
  expect(durationBetween('no time', '2026-11-27T00:00:00Z')).toBe('');
  expect(durationBetween('2026-11-27T00:00:00Z', 'no time')).toBe('');
  expect(formatTime('<img src=x>')).toBe('<img src=x>');
  expect(formatTime('2026-11-27T12:00:00Z')).toContain('2026');
});

test('a price has cents, and a long id is cut in its middle', () => {
  expect(formatDollars(0.4524)).toBe('$0.45');
  expect(shortId('short-id')).toBe('short-id');
  expect(shortId('01990000-4b1c-7d2e-8f30-00000000abcd')).toBe('01990000…abcd');
});
