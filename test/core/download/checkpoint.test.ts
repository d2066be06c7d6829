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
  const walk = createMp4BoxScanner();
  walk.push(Buffer.concat([mp4Head(10 * PART_BYTES)], bytes));
  return {
    upload: {
      uploadId: 'u',
      parts: Array.from({ length: parts }, (_, index) => ({ etag: `"${index}"`, crc32: 'AAAAAA==' })),
    },
    mark: {
      file: { validator: '"v"', totalBytes: 10 * PART_BYTES, kind: 'video/mp4', hasKnownEnd: true },
      bytes,
      tail: Buffer.from('the end'),
      walk: walk.state(),
      attempts: 2,
      resumes: 3,
    },
  };
}

function textOf(note: Checkpoint, change: object = {}): string {
  return JSON.stringify({ ...toCheckpoint(TASK, note), ...change });
}

test('comes back from JSON as it was', () => {
  const note = noteAt(3);
  expect(parseCheckpoint(textOf(note), TASK)).toEqual(note);
});

test('knows a file of unknown length as one whose end cannot be told', () => {
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

test('is none where nothing tells the file from another', () => {
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
  ['a walk that is somewhere else', textOf(noteAt(2), { walk: noteAt(1).mark.walk })],
  ['a walk of another kind', textOf(noteAt(1), { walk: { at: PART_BYTES } })],
  ['no walk', textOf(noteAt(1), { walk: undefined })],
  ['no validator', textOf(noteAt(1), { source: {} })],
  ['a weak validator without a length', textOf(noteAt(1), { source: { weak_validator: 'W/"v"' } })],
  ['a tail that is no base64', textOf(noteAt(1), { tail: '?' })],
])('takes %s for none', (_what, text) => {
  expect(parseCheckpoint(text, TASK)).toBeUndefined();
});
