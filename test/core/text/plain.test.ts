import { expect, test } from 'vitest';
import {
  escaped,
  plain,
  printable,
  printableJson,
  printableLines,
  quoted,
  shortened,
} from '../../../lambdas/core/text/plain.ts';

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

test('reads only the beginning of a long text, because reading all of it would take hours', () => {
  expect(plain('x'.repeat(10_000_000))).toHaveLength(200);
});

test('leaves plain words unchanged', () => {
  for (const words of [
    'invalid params, text is too long (max 500): shorten it; see rule 7',
    'rate limit exceeded, resets at 2026-11-22 12:00:00 UTC',
    'maintenance, back at about 10:30:00',
    'token=12 is too long',
  ]) {
    expect(plain(words)).toBe(words);
  }
});

/** C0, DEL, C1, separators, bidirectional controls, zero width, tags, lone surrogates. */
const UNWANTED = [
  ...Array.from({ length: 32 }, (_, code) => code),
  ...Array.from({ length: 33 }, (_, index) => 0x7f + index),
  ...[
    0xad, 0x34f, 0x61c, 0x115f, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a,
    0x202b,
  ],
  ...[0x202c, 0x202d, 0x202e, 0x2060, 0x2066, 0x2067, 0x2068, 0x2069, 0x3164, 0xd800, 0xdfff, 0xfe0f, 0xfeff],
  ...[0xfff9, 0xe0001, 0xe0041, 0xe0100],
].map((code) => String.fromCodePoint(code));

test('leaves no control, invisible or bidirectional character in a text from outside', () => {
  for (const character of UNWANTED) {
    const text = `a${character}b`;
    for (const made of [plain(text), printable(text), escaped(text), quoted(text)])
      expect(made, `U+${character.codePointAt(0)?.toString(16)}`).toMatch(/^[ -~]+$/);
    expect(JSON.parse(quoted(text))).toBe(text);
  }
});

test('removes whole colour sequences, and keeps what people write', () => {
  expect(printable('\u001b[1;31mred\u001b[0m \u009b2Jgone')).toBe('red gone');
  expect(printable('\u001b]0;title\u0007x')).toBe(' ]0;title x');
  const texts = ['中文 回调地址无效', 'שלום عربي', 'é e\u0301', '\ud83d\ude00 ok', 'naïve — “q”'];
  for (const text of texts) expect([printable(text), escaped(text), plain(text)]).toEqual([text, text, text]);
});

test('prints lines as lines, and JSON as JSON of an equal value', () => {
  expect(printableLines('a\u001b[2J\n  b\u202ec')).toBe('a\n  bc');
  const value = { 'a\u202e': ['\u001b[2J', '\u009b', '\ud83d\ude00', { b: '\u{e0001}\n' }] };
  const printed = printableJson(value);
  expect(printed).toMatch(/^[ -~\n\ud83d\ude00]+$/u);
  expect(JSON.parse(printed)).toEqual(value);
});

test('finds a link and JSON between invisible characters', () => {
  expect(plain('see ht\u200btps:/\u202e/x.example/?a=b now')).toBe('see (link) now');
});

test('splits no character', () => {
  expect(shortened('ab\ud83d\ude00cd', 4)).toBe('ab…');
  expect(shortened('abcde', 4)).toBe('abc…');
  expect(quoted('\ud83d\ude00'.repeat(60), 100)).toBe(`"${'\ud83d\ude00'.repeat(49)}…"`);
});
