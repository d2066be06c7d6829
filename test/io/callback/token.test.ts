import { expect, test } from 'vitest';
import { isBellToken, toBellToken, toCallbackUrl } from '../../../lambdas/io/callback/token.ts';

const SECRET = 'x'.repeat(64);
const token = toBellToken(SECRET, 'v1');

test('is 256 bits in 43 characters of a URL', () => {
  expect(token).toMatch(/^[\w-]{43}$/);
});

test('is right for one video and one secret', () => {
  expect(isBellToken(SECRET, 'v1', token)).toBe(true);
  expect(isBellToken(SECRET, 'v2', token)).toBe(false);
  expect(isBellToken('y'.repeat(64), 'v1', token)).toBe(false);
});

test.each([
  ['nothing', ''],
  ['a part of it', token.slice(0, -1)],
  ['more than it', `${token}A`],
  ['another case', token.toUpperCase()],
  ['another last letter', `${token.slice(0, -1)}${token.endsWith('A') ? 'E' : 'A'}`],
  ['something long', 'x'.repeat(100_000)],
])('is not %s', (_what, given) => {
  expect(isBellToken(SECRET, 'v1', given)).toBe(false);
});

test('stands in an address in which any name of a video is one part of the path', () => {
  const url = new URL(toCallbackUrl('https://x.example/prod/bell', SECRET, 'Lion (2) ä+!'));
  const [, , , name = '', last] = url.pathname.split('/');
  expect(decodeURIComponent(name)).toBe('Lion (2) ä+!');
  expect(last).toBe(toBellToken(SECRET, 'Lion (2) ä+!'));
});
