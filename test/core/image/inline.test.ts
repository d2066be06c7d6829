import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { withoutInlineImage } from '../../../lambdas/core/image/inline.ts';
import { pngOf } from '../../harness/images.ts';

const PNG = pngOf(400, 400);
const BASE64 = PNG.toString('base64');
const NAMED = `(inline, ${PNG.length} bytes, SHA-256 ${createHash('sha256').update(PNG).digest('hex')})`;

test.each([
  [`data:image/png;base64,${BASE64}`, `data:image/png ${NAMED}`],
  [`data:image/png;charset=utf-8;base64,${BASE64}`, `data:image/png ${NAMED}`],
  [`DATA:;BASE64,${BASE64.replaceAll(/.{20}/g, '$&\n')}\n`, `data: ${NAMED}`],
  [`\ndata:image/png;base64,${encodeURIComponent(PNG.toString('base64url'))}`, `data:image/png ${NAMED}`],
])('names an inline image by its bytes, in any spelling', (value, name) => {
  expect(withoutInlineImage(value)).toBe(name);
  expect(withoutInlineImage(name)).toBe(name);
});

test.each([
  ['data:image/png;base64', 'data:image/png (inline, 21 characters)'],
  ['data:image/png;base64,A*SECRET', 'data:image/png (inline, 30 characters)'],
  ['data:image/png (inline, 3 bytes) SECRET', 'data:image/png (inline, 39 characters)'],
])('shows nothing of the unreadable %s', (value, name) => {
  expect(withoutInlineImage(value)).toBe(name);
  expect(withoutInlineImage(name)).toBe(name);
});

test('leaves every other value unchanged', () => {
  for (const value of ['https://a.example/data:,x', 's3://ours/uploads/x'])
    expect(withoutInlineImage(value)).toBe(value);
});
