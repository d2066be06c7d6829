import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBoxWalk } from '../../lambdas/core/mp4-boxes.ts';

const clip = readFileSync(join(import.meta.dirname, '..', '..', 'local', 'simulator', 'clip.mp4'));
const FTYP = '00000010667479706d70343200000000';
const MOOV = '000000086d6f6f76';

function isComplete(...chunks: readonly Uint8Array[]): boolean {
  const walk = createBoxWalk();
  for (const chunk of chunks) walk.push(chunk);
  return walk.isComplete();
}

test('a whole file is complete, in whatever pieces it comes', () => {
  const cuts = fc.array(fc.integer({ min: 0, max: clip.length }), { maxLength: 5 });
  fc.assert(
    fc.property(cuts, (unsorted) => {
      const at = [0, ...unsorted.toSorted((one, other) => one - other), clip.length];
      const chunks = at.slice(1).map((end, index) => clip.subarray(at[index], end));
      expect(isComplete(...chunks)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('a file that is cut anywhere is not', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: clip.length - 1 }), (end) => {
      expect(isComplete(clip.subarray(0, end))).toBe(false);
    }),
    { numRuns: 200 },
  );
});

test.each([
  ['a box with a 64-bit size', `${FTYP}${MOOV}00000001 6d646174 0000000000000014 01020304`, true],
  ['half a box with a 64-bit size', `${FTYP}${MOOV}00000001 6d646174 0000000000000014 0102`, false],
  ['half a 64-bit size', `${FTYP}${MOOV}00000001 6d646174 00000000`, false],
  ['a last box without a size', `${FTYP}${MOOV}00000000 6d646174 010203`, false],
  ['no data', `${FTYP}${MOOV}`, false],
  ['no index', `${FTYP}00000009 6d646174 01`, false],
  ['a box smaller than its header', `${FTYP}${MOOV}00000004 6d646174 01`, false],
])('%s: %s', (_name, hex, complete) => {
  expect(isComplete(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toBe(complete);
});

test.each([
  ['nothing', '', false],
  ['a file that ends with its data', `${FTYP}${MOOV}0000000c6d64617401020304`, false],
  ['half of the data', `${FTYP}${MOOV}0000000c6d6461740102`, true],
  ['half of the index', `${FTYP}000000106d6f6f760102`, true],
  ['half of a box that nobody needs', `${FTYP}${MOOV}0000000c667265650102`, false],
  ['data that reaches to the end', `${FTYP}${MOOV}000000006d6461740102`, false],
  ['something after the data that is no box', `${FTYP}${MOOV}0000000c6d646174010203040102`, false],
])('knows of %s whether it is cut', (_name, hex, expected) => {
  const walk = createBoxWalk();
  walk.push(Buffer.from(hex, 'hex'));
  expect(walk.isCut()).toBe(expected);
});
