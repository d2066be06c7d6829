import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedaction } from '../../../lambdas/core/text/redaction.ts';

const KEY = 'sk-api/Test+0123456789"abc\\DEF%41&x;';

function codesOf(text: string, toCode: (hex: string) => string): string {
  return [...text].map((each) => toCode(each.charCodeAt(0).toString(16).padStart(2, '0'))).join('');
}

const WRITINGS: readonly (readonly [string, (key: string) => string])[] = [
  ['as it is', (key) => key],
  ['in a JSON string', (key) => JSON.stringify(key)],
  ['in JSON within JSON', (key) => JSON.stringify(JSON.stringify(key))],
  ['with its slashes escaped', (key) => key.replaceAll('/', '\\/')],
  ['as \\u escapes', (key) => codesOf(key, (hex) => `\\u00${hex}`)],
  ['as \\u escapes in upper case', (key) => codesOf(key, (hex) => `\\u00${hex.toUpperCase()}`)],
  ['as escapes of escapes', (key) => codesOf(key, (hex) => `\\\\u00${hex}`)],
  ['with one escape', (key) => `\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}`],
  ['as \\x escapes', (key) => codesOf(key, (hex) => `\\x${hex}`)],
  ['per cent encoded', encodeURIComponent],
  ['per cent encoded in lower case', (key) => codesOf(key, (hex) => `%${hex}`)],
  ['per cent encoded twice', (key) => encodeURIComponent(encodeURIComponent(key))],
  ['as entities', (key) => codesOf(key, (hex) => `&#x${hex};`)],
  ['as decimal entities', (key) => [...key].map((each) => `&#${each.charCodeAt(0)};`).join('')],
  ['as a page', (key) => key.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
  ['in upper case', (key) => key.toUpperCase()],
  ['with invisible characters', (key) => [...key].join('\u200b')],
  ['with quotes between', (key) => [...key].join('"')],
  ['with colours', (key) => [...key].join('\u001b[31m')],
  ['with a NUL', (key) => `${key.slice(0, 5)}\0${key.slice(5)}`],
  ['in base64', (key) => Buffer.from(key).toString('base64')],
  ['in base64 after a name', (key) => Buffer.from(`me:${key}`).toString('base64')],
  ['in base64 between others', (key) => Buffer.from(`x${key}yz`).toString('base64')],
  ['in base64url', (key) => Buffer.from(`xy${key}`).toString('base64url')],
  ['in base64 in a URL', (key) => encodeURIComponent(Buffer.from(key).toString('base64'))],
];

describe.each([
  ['of odd characters', KEY],
  ['as MiniMax makes them', 'sk-api-0123456789abcdefABCDEF_xyz'],
  ['of eight characters', 'abcdefgh'],
])('a key %s', (_kind, key) => {
  const { hide, reveals } = createRedaction([key]);

  test.each(WRITINGS)('is removed where it is written %s', (_how, write) => {
    const hidden = hide(`no such key <${write(key)}> here`);
    expect(hidden).toMatch(/^no such key <.{0,4}\(key\).{0,4}> here$/u);
    expect(reveals(write(key))).toBe(true);
  });
});

test.each(['k', '1', '"', '\\', '{}', '%', 'ab'])('removes a key as short as %j', (key) => {
  expect(createRedaction([key]).hide(`<${key}> <${key}${key}>`)).not.toContain(`<${key}>`);
});

test('leaves everything else unchanged', () => {
  const { hide } = createRedaction([KEY]);
  const texts = [
    '',
    'invalid params',
    '100% of {"a":"\\u0041"} &amp; \u200b\ud83d\ude00',
    'sk-api',
    'x'.repeat(9_999),
  ];
  for (const text of texts) expect(hide(text)).toBe(text);
});

test('does not mistake a letter for the key of punctuation around it', () => {
  const { hide, reveals } = createRedaction(['{"a"}[]\\']);
  expect(hide('a cat {"a"}[]\\')).toBe('a cat (key)');
  expect(reveals('a cat')).toBe(false);
});

test('removes each of several secrets, also where they overlap', () => {
  const { hide } = createRedaction(['abcdefgh', 'efghijkl', '']);
  expect(hide('abcdefghijkl')).not.toMatch(/abcdefgh|efghijkl/);
  expect(hide('1 abcdefgh 2 efghijkl 3 ABCDEFGH')).toBe('1 (key) 2 (key) 3 (key)');
});

test('recognizes a key of eight characters in an id, and treats a shorter one as a coincidence', () => {
  expect(createRedaction(['12345678']).reveals('task-12345678-x')).toBe(true);
  expect(createRedaction(['1234567']).reveals('task-1234567-x')).toBe(false);
});

test('hides any key between any texts, and nothing else', () => {
  const key = fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: 1,
  });
  fc.assert(
    fc.property(key, fc.string({ unit: 'grapheme' }), fc.string(), (secret, before, behind) => {
      const { hide } = createRedaction([secret]);
      const hidden = hide(before + secret + behind);
      expect(hidden).toContain('(key)');
      expect(hidden.split('(key)').join('\n')).not.toContain(secret);
    }),
    { numRuns: 3_000 },
  );
});

test.each(['\\', '%', '&', '&#x0000000', 'a', '"', '\\u00', '\u200b'])(
  'reads a long text of %j in time',
  (part) => {
    const { hide } = createRedaction([KEY, 'aaaaaaaaaaaaaaab']);
    expect(hide(part.repeat(200_000)).length).toBeLessThanOrEqual(20_000);
  },
);
