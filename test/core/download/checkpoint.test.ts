import { expect, test } from 'vitest';
import {
  type Checkpoint,
  PART_BYTES,
  parseCheckpoint,
  toCheckpoint,
} from '../../../lambdas/core/download/checkpoint.ts';
import { createMp4BoxScanner } from '../../../lambdas/core/mp4/scanner.ts';
import { mp4Head } from '../../harness/mp4-file.ts';

const TASK = '393769180141805569';

function noteAt(parts: number): Checkpoint {
  const bytes = parts * PART_BYTES;
  const scanner = createMp4BoxScanner();
  scanner.push(Buffer.concat([mp4Head(10 * PART_BYTES)], bytes));
  return {
    upload: {
      uploadId: 'u',
      parts: Array.from({ length: parts }, (_, index) => ({ etag: `"${index}"`, crc32: 'AAAAAA==' })),
    },
    mark: {
      file: {
        validator: '"v"',
        totalBytes: 10 * PART_BYTES,
        contentDescription: 'video/mp4',
        hasKnownEnd: true,
      },
      bytes,
      tail: Buffer.from('the end'),
      scanner: scanner.state(),
      attempts: 2,
      resumes: 3,
    },
  };
}

function textOf(note: Checkpoint, change: object = {}): string {
  return JSON.stringify({ ...toCheckpoint(TASK, note), ...change });
}

test('is equal after JSON', () => {
  const note = noteAt(3);
  expect(parseCheckpoint(textOf(note), TASK)).toEqual(note);
});

test('reads a file of unknown length as one without a known end', () => {
  const { upload, mark } = noteAt(1);
  const file = { validator: '"v"', hasKnownEnd: false };
  const note = { upload, mark: { ...mark, file } };
  expect(parseCheckpoint(textOf(note), TASK)).toEqual(note);
});

test.each(['W/"v"', ''])('keeps the weak validator %j of a file of known length', (weakValidator) => {
  const { upload, mark } = noteAt(1);
  const file = { weakValidator, totalBytes: 10 * PART_BYTES, hasKnownEnd: true };
  const note = { upload, mark: { ...mark, file } };
  expect(parseCheckpoint(textOf(note), TASK)).toEqual(note);
});

test('is undefined where nothing identifies the file', () => {
  const { upload, mark } = noteAt(1);
  expect(toCheckpoint(TASK, { upload, mark: { ...mark, file: { hasKnownEnd: true } } })).toBeUndefined();
});

test('has a few kilobytes for the default of the largest video', () => {
  const most = Math.floor(2_048_000_000 / PART_BYTES);
  const { upload, mark } = noteAt(1);
  const parts = Array(most).fill({ etag: `"${'0'.repeat(32)}"`, crc32: 'AAAAAA==' });
  expect(textOf({ upload: { ...upload, parts }, mark }).length).toBeLessThan(40_000);
});

test.each([
  ['nothing', ''],
  ['no JSON', '{"task_id":'],
  ['another kind of JSON', '[]'],
  ['null', 'null'],
  ['a note of another task', textOf(noteAt(1), { task_id: '1' })],
  ['no parts', textOf(noteAt(1), { parts: [], bytes: 0 })],
  ['parts of another size', textOf(noteAt(1), { part_bytes: 1 })],
  ['parts that do not make its bytes', textOf(noteAt(2), { bytes: PART_BYTES })],
  ['a scanner at another byte', textOf(noteAt(2), { scanner: noteAt(1).mark.scanner })],
  ['a scanner with other fields', textOf(noteAt(1), { scanner: { at: PART_BYTES } })],
  ['no scanner', textOf(noteAt(1), { scanner: undefined })],
  ['no validator', textOf(noteAt(1), { source: {} })],
  ['a weak validator without a length', textOf(noteAt(1), { source: { weak_validator: 'W/"v"' } })],
  ['a tail that is no base64', textOf(noteAt(1), { tail: '?' })],
])('does not accept %s', (_what, text) => {
  expect(parseCheckpoint(text, TASK)).toBeUndefined();
});
