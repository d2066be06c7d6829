import fc from 'fast-check';
import { expect, test } from 'vitest';
import { metadataWarnings, utf8Text } from '../../../lambdas/core/api/utf8.ts';

const around = (...bytes: readonly number[]): Buffer =>
  Buffer.concat([Buffer.from('{"ä":"'), Buffer.from(bytes), Buffer.from('we"}')]);

test.each([
  ['Latin-1', around(0xf6), '0xf6 at offset 7'],
  ['an overlong slash', around(0xc0, 0xaf), '0xc0 at offset 7'],
  ['an overlong null', around(0xe0, 0x80, 0x80), '0xe0 at offset 7'],
  ['a surrogate, as CESU-8 has it', around(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80), '0xed at offset 7'],
  ['more than U+10FFFF', around(0xf4, 0x90, 0x80, 0x80), '0xf4 at offset 7'],
  ['a truncated sequence', around(0xe2, 0x82), '0xe2 at offset 7'],
  ['a sequence that the end cuts off', Buffer.from([0x7b, 0xf0, 0x9f, 0x98]), '0xf0 at offset 1'],
  ['a continuation byte without a start', around(0x80), '0x80 at offset 7'],
  ['a wrong byte after a U+FFFD that was sent', around(0xef, 0xbf, 0xbd, 0xff), '0xff at offset 10'],
  [
    'UTF-16 with its mark',
    Buffer.from('\ufeff{}', 'utf16le'),
    '0xff at offset 0 starts no character (the body begins like UTF-16)',
  ],
  ['gzip', Buffer.from([0x1f, 0x8b, 0x08]), '0x8b at offset 1'],
])('rejects %s, and says where it is', (_what, bytes, place) => {
  expect(utf8Text(bytes)).toEqual({
    ok: false,
    issues: [
      {
        pointer: '',
        detail: expect.stringMatching(
          `^is not UTF-8: the byte ${place.replaceAll(/[()]/g, '\\$&')}.*send the JSON in UTF-8$`,
        ),
      },
    ],
  });
});

test('reads every text unchanged, with a byte order mark and U+FFFD', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const written = `\ufeff${text.toWellFormed()}\ufffd`;
      expect(utf8Text(Buffer.from(written))).toEqual({ ok: true, value: written });
    }),
  );
});

test('names the first byte that a decoder replaces', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const before = Buffer.from(text.toWellFormed());
      const checked = utf8Text(Buffer.concat([before, Buffer.of(0xff)]));
      expect(checked.ok ? '' : checked.issues[0]?.detail).toContain(`0xff at offset ${before.length} `);
    }),
  );
});

test('warns of U+FFFD in metadata, also in a name, and keeps it', () => {
  expect(metadataWarnings({ a: ['L\ufffdwe'] })).toEqual([
    expect.stringMatching(/^metadata contains U\+FFFD/),
  ]);
  expect(metadataWarnings({ 'L\ufffdwe': 1 })).toHaveLength(1);
  expect(metadataWarnings({ a: 'Löwe' })).toEqual([]);
  expect(metadataWarnings(undefined)).toEqual([]);
});
