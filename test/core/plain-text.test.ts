import { expect, test } from 'vitest';
import { plain } from '../../lambdas/core/plain-text.ts';

test.each([
  ['a link', 'see https://x.example/a?b=c now', 'see (link) now'],
  ['an encoded link', 'see https%3A%2F%2Fx.example%3FSignature%3D1 now', 'see (link) now'],
  ['a link without its scheme', 'see cdn.example/v.mp4?Expires=9&Signature=1 now', 'see (link) now'],
  ['a link as JSON escapes it', String.raw`{"url":"https:\/\/x.example\/t\/secret"} now`, '(link) now'],
  ['a signature alone', 'v.mp4? Signature=abc&Expires=1 end', 'v.mp4? (link) end'],
  ['lines', 'a\n  b\tc', 'a b c'],
  ['JSON', 'invalid {"field":"text_inputs"}', 'invalid field:text_inputs'],
  ['a stack', 'it broke\n    at Foo.bar (/app/x.js:1:2)\n    at y (/app/z.js:3:4)', 'it broke'],
  ['very much', 'x'.repeat(300), `${'x'.repeat(199)}…`],
])('makes one plain line of %s', (_name, text, line) => {
  expect(plain(text)).toBe(line);
});

test('reads only the beginning of very much, because reading all of it would take hours', () => {
  expect(plain('x'.repeat(10_000_000))).toHaveLength(200);
});

test('leaves plain words as they are', () => {
  for (const words of [
    'invalid params, text is too long (max 500): shorten it; see rule 7',
    'rate limit exceeded, resets at 2026-11-22 12:00:00 UTC',
    'maintenance, back at about 10:30:00',
    'token=12 is too long',
  ]) {
    expect(plain(words)).toBe(words);
  }
});
