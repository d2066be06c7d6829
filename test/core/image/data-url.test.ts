import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDataUrl, readDataUrl, statedType } from '../../../lambdas/core/image/data-url.ts';
import { jpegOf, pngOf, toDataUrl, webpOf } from '../../harness/images.ts';

const JPEG = jpegOf(400, 400);
const BASE64 = JPEG.toString('base64');
const inLines = (lineBreak: string): string => BASE64.replaceAll(/.{76}/g, `$&${lineBreak}`);
const escapedBytes = (bytes: Buffer): string =>
  [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

test.each([
  ['plain', `data:image/jpeg;base64,${BASE64}`],
  ['with a charset', `data:image/jpeg;charset=utf-8;base64,${BASE64}`],
  ['with a name', `data:image/jpeg;name=pet.jpg;base64,${BASE64}`],
  ['with two parameters', `data:image/jpeg;name=pet.jpg;x="y";base64,${BASE64}`],
  ['with a parameter after ;base64', `data:image/jpeg;base64;name=pet.jpg,${BASE64}`],
  ['with spaces around ;base64', `data:image/jpeg ; base64 ,${BASE64}`],
  ['in capitals', `DATA:IMAGE/JPEG;BASE64,${BASE64}`],
  ['without a media type', `data:;base64,${BASE64}`],
  ['of octets', `data:application/octet-stream;base64,${BASE64}`],
  ['of another media type', `data:text/html;base64,${BASE64}`],
  ['of a word that is not a media type', `data:x;base64,${BASE64}`],
  ['in lines of 76', `data:image/jpeg;base64,${inLines('\n')}`],
  ['in lines of mail', `data:image/jpeg;base64,${inLines('\r\n')}`],
  ['with spaces and tabs', `data:image/jpeg;base64, \t${inLines('\t  ')}`],
  ['with white space around it', ` \n data:image/jpeg;base64,${BASE64} \r\n`],
  ['in the alphabet of URLs', `data:image/jpeg;base64,${JPEG.toString('base64url')}`],
  ['in both alphabets', `data:image/jpeg;base64,${BASE64.replace('+', '-')}`],
  ['without padding', `data:image/jpeg;base64,${BASE64.replaceAll('=', '')}`],
  ['with too much padding', `data:image/jpeg;base64,${BASE64}====`],
  ['with padding in a line of its own', `data:image/jpeg;base64,${BASE64.replaceAll('=', '')}\n=\n=\n`],
  ['with its base64 percent-encoded', `data:image/jpeg;base64,${encodeURIComponent(BASE64)}`],
  ['with all of it percent-encoded', `data:image/jpeg;base64,${escapedBytes(Buffer.from(BASE64))}`],
  ['with its line breaks percent-encoded', `data:image/jpeg;base64,${inLines('%0A')}`],
  ['with a fragment', `data:image/jpeg;base64,${BASE64}#pet`],
  ['as percent-encoded bytes', `data:image/jpeg,${escapedBytes(JPEG)}`],
  ['as percent-encoded bytes in capitals', `data:,${escapedBytes(JPEG).toUpperCase()}`],
  [
    'as percent-encoded bytes in lines',
    `data:image/jpeg,${escapedBytes(JPEG).replaceAll(/.{75}/g, '$&\r\n')}`,
  ],
])('reads an image %s', (_how, value) => {
  expect(isDataUrl(value)).toBe(true);
  const content = readDataUrl(value);
  expect('bytes' in content ? Buffer.from(content.bytes).equals(JPEG) : content.why).toBe(true);
});

test('reads percent-encoded bytes beside literal characters', () => {
  const image = webpOf(400, 400);
  const written = [...image].map((byte) =>
    /[A-Za-z0-9 ,;+]/.test(String.fromCharCode(byte))
      ? String.fromCharCode(byte)
      : escapedBytes(Buffer.of(byte)),
  );
  const content = readDataUrl(`data:image/webp,${written.join('')}`);
  expect('bytes' in content && Buffer.from(content.bytes).equals(image)).toBe(true);
});

test.each([
  ['without a comma', 'data:image/png;base64', 'without a comma'],
  ['without data', 'data:image/png;base64,', 'without data'],
  ['of white space', 'data:image/png;base64, \n', 'without data'],
  ['of a fragment alone', 'data:image/png;base64,#AAAA', 'without data'],
  ['with a character of no alphabet', 'data:;base64,AAAA*AAA', 'has "*" as character 5 of its base64'],
  ['with an ellipsis', 'data:;base64,AAAA…', 'has "…" as character 5 of its base64'],
  ['with an invisible character', 'data:;base64,AA\u200bAA', 'has "\\u200b" as character 3'],
  ['with U+FFFD', 'data:;base64,AA\ufffdAA', 'has "\ufffd" as character 3'],
  ['with a character of two code units', 'data:;base64,AA😀AA', 'has "😀" as character 3'],
  ['with half of a character', 'data:;base64,AA\ud83dAA', 'has "\\ud83d" as character 3'],
  ['with a backslash and an n', 'data:;base64,AAAA\\nAAAA', 'has "\\\\" as character 5'],
  ['with a percent-encoded zero byte', 'data:;base64,AAAA%00', 'has the byte 0, percent-encoded'],
  ['with a lone %', 'data:;base64,AAA%', 'has a "%" without two hexadecimal digits as character 4'],
  ['with % and no digits', 'data:,%ff%d8%xy', 'has a "%" without two hexadecimal digits as character 7'],
  ['with padding in the middle', 'data:;base64,AA==AAAA', 'has a "=" within its base64'],
  ['that is cut off', 'data:;base64,AAAAA', 'is cut off: 5 characters of base64 are not whole bytes'],
  ['whose ;base64 is missing', `data:image/jpeg,${BASE64}`, 'has no ";base64" before its comma'],
])('says what is wrong with a data: URL %s', (_how, value, why) => {
  expect(isDataUrl(value)).toBe(true);
  expect(readDataUrl(value)).toEqual({ why: expect.stringContaining(why) });
});

test.each(['https://a.example/data:image', 'xdata:,', 'data', 'd\nata:;base64,AAAA', ''])(
  'does not accept %j as a data: URL',
  (value) => {
    expect(isDataUrl(value)).toBe(false);
  },
);

test.each([
  ['data:image/jpeg;charset=utf-8;base64,AAAA', 'image/jpeg'],
  [' DATA:image/svg+xml,AAAA', 'image/svg+xml'],
  ['data:;base64,AAAA', ''],
  ['data:,AAAA', ''],
])('reads the media type of %j', (value, type) => {
  expect(statedType(value)).toBe(type);
});

test('reads any bytes in any of these spellings as Node decodes them', () => {
  const spelling = fc.constantFrom<(bytes: Buffer) => string>(
    (bytes) => bytes.toString('base64'),
    (bytes) => bytes.toString('base64url'),
    (bytes) => encodeURIComponent(bytes.toString('base64')),
    (bytes) => `${bytes.toString('base64').replaceAll(/.{4}/g, '$&\r\n')}\n`,
  );
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), spelling, (bytes, spelled) => {
      const content = readDataUrl(`data:image/png;base64,${spelled(Buffer.from(bytes))}`);
      expect(content).toEqual({ bytes });
    }),
  );
});

test('returns bytes or a reason for any text, and never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const content = readDataUrl(`data:image/png;base64,${text}`);
      expect('bytes' in content || content.why.length > 0).toBe(true);
    }),
  );
});

test('reads the largest image in twice its memory', () => {
  const image = Buffer.concat([pngOf(400, 400), Buffer.alloc(19_999_000)]);
  const content = readDataUrl(toDataUrl(image).replaceAll(/.{76}/g, '$&\n'));
  expect('bytes' in content && content.bytes.length).toBe(image.length);
  expect('bytes' in content && content.bytes.buffer.byteLength).toBeLessThan(2 * image.length);
});
