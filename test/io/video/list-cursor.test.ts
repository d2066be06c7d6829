import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cursor, readCursor, toCursor } from '../../../lambdas/io/video/list-cursor.ts';

const since = new Date('2026-11-26T10:00:00Z');

test.each<Cursor>([
  { limit: 20, since, place: { in: 'step functions', token: 'AAAA+/== \n ä' } },
  { limit: 1, status: 'timed_out', since, place: { in: 'step functions', token: 'x'.repeat(3096) } },
  { limit: 100, status: 'running', since, place: { in: 'bucket' } },
  { limit: 100, since, place: { in: 'bucket', after: 'ä.b-c' } },
])('reads what it has written: %j', (cursor) => {
  const text = toCursor(cursor);
  expect(text).toMatch(/^[\w-]+$/);
  expect(readCursor(text)).toEqual(cursor);
});

test('rejects any other text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(readCursor(text)).toBeUndefined();
      expect(readCursor(Buffer.from(text).toString('base64url'))).toBeUndefined();
    }),
  );
});
