import { expect, test } from 'vitest';
import { isCallbackToken, toCallbackToken, toCallbackUrl } from '../../../lambdas/io/callback/token.ts';

const SECRET = 'x'.repeat(64);
const token = toCallbackToken(SECRET, 'v1');

test('has 256 bits, in 43 characters that a URL allows', () => {
  expect(token).toMatch(/^[\w-]{43}$/);
});

test('is valid for one video and one secret', () => {
  expect(isCallbackToken(SECRET, 'v1', token)).toBe(true);
  expect(isCallbackToken(SECRET, 'v2', token)).toBe(false);
  expect(isCallbackToken('y'.repeat(64), 'v1', token)).toBe(false);
});

test.each([
  ['nothing', ''],
  ['a part of it', token.slice(0, -1)],
  ['more than it', `${token}A`],
  ['another case', token.toUpperCase()],
  ['another last letter', `${token.slice(0, -1)}${token.endsWith('A') ? 'E' : 'A'}`],
  ['something long', 'x'.repeat(100_000)],
])('is not %s', (_what, given) => {
  expect(isCallbackToken(SECRET, 'v1', given)).toBe(false);
});

test('is the last part of a callback_url whose part before is the encoded video id', () => {
  const url = new URL(toCallbackUrl('https://x.example/prod/callbacks', SECRET, 'Lion (2) ä+!'));
  const [, , , name = '', last] = url.pathname.split('/');
  expect(decodeURIComponent(name)).toBe('Lion (2) ä+!');
  expect(last).toBe(toCallbackToken(SECRET, 'Lion (2) ä+!'));
});
