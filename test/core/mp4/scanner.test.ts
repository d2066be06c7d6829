import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMp4BoxScanner, type Mp4BoxScanner } from '../../../lambdas/core/mp4/scanner.ts';
import {
  box,
  fragment,
  ftyp,
  header,
  longBox,
  moov,
  mp4Head,
  mvex,
  trak,
  u32,
} from '../../harness/mp4-file.ts';

const clip = readFileSync(join(import.meta.dirname, '..', '..', '..', 'local', 'simulator', 'clip.mp4'));
const FTYP = ftyp('isom', 'iso2', 'mp41');
const AT = FTYP.length + moov(trak({ sizes: [60, 40] })).length + 8;
const INDEX = moov(trak({ sizes: [60, 40], offset: AT }));
const DATA = Buffer.alloc(100, 1);
/** The media data have the offset that they have after the index. */
const FILLED = Buffer.concat([FTYP, box('free', Buffer.alloc(INDEX.length - 8)), box('mdat', DATA)]);
const FRAGMENTED = Buffer.concat([FTYP, moov(trak(), mvex()), fragment([60, 40])]);
const WHOLE = Buffer.concat([FTYP, INDEX, box('mdat', DATA)]);

function scannerOf(...chunks: readonly Uint8Array[]): Mp4BoxScanner {
  const scanner = createMp4BoxScanner();
  for (const chunk of chunks) scanner.push(chunk);
  return scanner;
}

/** All that a scanner answers. */
function answersOf(scanner: Mp4BoxScanner): unknown {
  return [
    scanner.whyUnplayable(),
    scanner.isTruncated(),
    scanner.isUnrecoverable(),
    scanner.isComplete(),
    scanner.state(),
  ];
}

const FILES: readonly Buffer[] = [
  clip,
  FRAGMENTED,
  FILLED,
  Buffer.concat([FTYP, longBox('mdat', DATA), INDEX, Buffer.alloc(30)]),
  Buffer.concat([FTYP, moov(trak({ kind: 'soun', sizes: [1] })), DATA]),
  Buffer.concat([FTYP, box('moov', box('trak', header('mdia', 900)), DATA)]),
];

test('gives one result for a file, however it is split into chunks and processes', () => {
  const some = fc.record({
    file: fc.constantFrom(...FILES),
    end: fc.double({ min: 0, max: 1, noNaN: true }),
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
    isPassedOn: fc.boolean(),
  });
  fc.assert(
    fc.property(some, ({ file, end, cuts, isPassedOn }) => {
      const bytes = file.subarray(0, Math.round(end * file.length));
      const at = [
        0,
        ...cuts.toSorted((one, other) => one - other).map((cut) => Math.round(cut * bytes.length)),
        bytes.length,
      ];
      let scanner = createMp4BoxScanner();
      at.slice(1).forEach((to, index) => {
        scanner.push(bytes.subarray(at[index], to));
        if (isPassedOn) scanner = createMp4BoxScanner(JSON.parse(JSON.stringify(scanner.state())));
      });
      expect(answersOf(scanner)).toEqual(answersOf(scannerOf(bytes)));
    }),
    { numRuns: 500 },
  );
});

test.each(FILES.map((file, index) => [index, file] as const))(
  'gives one result for file %i byte by byte, continues from each byte, and keeps its state small',
  (_index, file) => {
    let scanner = createMp4BoxScanner();
    for (const [at] of file.subarray(0, 8000).entries()) {
      scanner.push(file.subarray(at, at + 1));
      const state = JSON.stringify(scanner.state());
      expect(state.length).toBeLessThan(2000);
      scanner = createMp4BoxScanner(JSON.parse(state));
    }
    scanner.push(file.subarray(8000));
    expect(answersOf(scanner)).toEqual(answersOf(scannerOf(file)));
  },
);

test('accepts any bytes, and keeps its state small', () => {
  const types = [
    'moov',
    'trak',
    'mdia',
    'minf',
    'stbl',
    'stsz',
    'stco',
    'moof',
    'traf',
    'trun',
    'tfhd',
    'ftyp',
  ];
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .record({ type: fc.constantFrom(...types, 'mdat', 'free'), size: fc.integer({ min: 0, max: 200 }) })
      .map(({ type, size }) => header(type, size)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const scanner = scannerOf(FTYP, ...pieces);
      const [why, ...answers] = [scanner.whyUnplayable(), scanner.isTruncated(), scanner.isUnrecoverable()];
      expect(answers.some(Boolean) ? why : 'nothing').toEqual(expect.any(String));
      const state = scanner.state();
      expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      expect(JSON.stringify(state).length).toBeLessThan(2000);
    }),
    { numRuns: 2000 },
  );
});

const NO_BEGINNING = 'it does not begin like an MP4 file';
const MISFIT = 'a box in its box moov has a size that does not fit';

test.each<[string, string, ...Buffer[]]>([
  ['a page', NO_BEGINNING, Buffer.from('<!DOCTYPE html><html><body>Request blocked</body></html>')],
  ['JSON', NO_BEGINNING, Buffer.from('{"status":"Processing"}')],
  ['zeros', NO_BEGINNING, Buffer.alloc(5000)],
  ['a PNG', NO_BEGINNING, Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ['a box that is smaller than its header', 'what follows its first 0 bytes is no box', header('ftyp', 4)],
  [
    'a box of more than 2^53 bytes',
    'what follows its first 0 bytes is no box',
    header('mdat', 1),
    u32(0x200000, 0),
  ],
  ['a brand that is too short', 'its box ftyp is too short', box('ftyp', u32(1))],
  ['an image alone', 'it is a still image (avif)', ftyp('avif', 'avif', 'mif1', 'miaf', 'MA1B')],
  ['no box after the first', 'what follows its first 24 bytes is no box', FTYP, Buffer.alloc(5000)],
  ['sound alone', 'it has no video track', FTYP, moov(trak({ kind: 'soun', sizes: [100] }))],
  ['an empty list of pictures', 'its video track is empty', FTYP, moov(trak())],
  ['no track at all', 'it has no video track', FTYP, moov()],
  ['two indexes', 'it has two indexes (moov)', WHOLE, INDEX],
  ['a box in the index that is larger than the index', MISFIT, FTYP, box('moov', header('trak', 500))],
  ['a box in the index that is smaller than its header', MISFIT, FTYP, box('moov', header('trak', 7))],
  ['a box without a size in the index', MISFIT, FTYP, box('moov', header('trak', 0), DATA)],
  ['half a header at the end of the index', MISFIT, FTYP, box('moov', INDEX.subarray(8), u32(9))],
  [
    'half a 64-bit header at the end of the index',
    MISFIT,
    FTYP,
    box('moov', INDEX.subarray(8), header('free', 1)),
  ],
  [
    'a table that is too short for its entries',
    'its box stsz is too short for its entries',
    FTYP,
    moov(trak({ sizeTable: box('stsz', u32(0, 0, 9, 1)) })),
  ],
  [
    'a table that is too short for its head',
    'its box stsz is too short',
    FTYP,
    moov(trak({ sizeTable: box('stsz', u32(0)) })),
  ],
  [
    'no box after a fragment',
    `what follows its first ${FRAGMENTED.length} bytes is no box`,
    FRAGMENTED,
    Buffer.alloc(8),
  ],
])('gives up on a file with %s', (_name, why, ...parts) => {
  const scanner = scannerOf(...parts);
  expect(scanner.whyUnplayable()).toBe(why);
  expect([scanner.isTruncated(), scanner.isUnrecoverable()]).toEqual([false, true]);
  scanner.push(WHOLE);
  expect(scanner.whyUnplayable()).toBe(why);
});

test.each<[string, string, ...Buffer[]]>([
  ['half of the data', 'it ends within a box (mdat)', FTYP, INDEX, header('mdat', 108), DATA.subarray(1)],
  ['half of more data than it needs', 'it ends within a box (mdat)', WHOLE, header('mdat', 9)],
  ['half of the index', 'it ends within a box (moov)', FILLED, INDEX.subarray(0, -1)],
  ['half of a box before the index', 'it ends within a box (free)', FTYP, header('free', 9)],
  ['half of a header', 'it ends within a box', FTYP, header('free', 9).subarray(0, 5)],
  ['the index alone', 'it has no media data (mdat)', FTYP, INDEX],
  [
    'a part of the data that has no length',
    'it has less media data (mdat) than its index lists',
    FTYP,
    INDEX,
    header('mdat', 0),
    DATA.subarray(1),
  ],
  ['half of a fragment', 'it ends within a box (mdat)', FRAGMENTED.subarray(0, -1)],
  ['a fragment without its data', 'it has no media data (mdat)', FRAGMENTED.subarray(0, -108)],
  [
    'a second fragment without its data',
    'it has less media data (mdat) than its index lists',
    FRAGMENTED,
    fragment([60, 40]).subarray(0, -108),
  ],
  ['the index of fragments alone', 'it has no media data (mdat)', FTYP, moov(trak(), mvex())],
  ['half a header after a fragment', 'it ends within a box', FRAGMENTED, u32(9)],
])('asks for the rest of %s', (_name, why, ...parts) => {
  const scanner = scannerOf(...parts);
  expect(scanner.whyUnplayable()).toBe(why);
  expect([scanner.isTruncated(), scanner.isUnrecoverable()]).toEqual([true, false]);
});

test.each<[string, string, ...Buffer[]]>([
  ['nothing', 'it is empty'],
  ['less than a box', 'it has only 7 bytes', FTYP.subarray(0, 7)],
  ['the first box', 'it has no index (moov)', FTYP],
  ['the data without an index', 'it has no index (moov)', FILLED],
  ['data without a length and an index', 'it has no index (moov)', FTYP, header('mdat', 0), DATA],
])('neither gives up on %s nor takes it for cut', (_name, why, ...parts) => {
  const scanner = scannerOf(...parts);
  expect(scanner.whyUnplayable()).toBe(why);
  expect([scanner.isTruncated(), scanner.isUnrecoverable()]).toEqual([false, false]);
});

test.each<[string, boolean, ...Buffer[]]>([
  ['nothing', true, WHOLE],
  ['half of a box that no player needs', false, WHOLE, header('free', 900)],
  ['half of a header', false, WHOLE, u32(9)],
  ['zeros', false, WHOLE, Buffer.alloc(5000)],
  ['a page', false, WHOLE, Buffer.from('<html><body>')],
  ['half of the list of fragments', false, FRAGMENTED, header('mfra', 900)],
  ['a box without a length', false, WHOLE, header('free', 0), DATA],
])('takes a video with %s after it for playable, and for complete: %s', (_name, isComplete, ...parts) => {
  const scanner = scannerOf(...parts);
  expect(scanner.whyUnplayable()).toBeUndefined();
  expect([scanner.isTruncated(), scanner.isUnrecoverable(), scanner.isComplete()]).toEqual([
    false,
    false,
    isComplete,
  ]);
});

test('takes what ends after a whole fragment for playable, and nothing shorter', () => {
  const file = Buffer.concat([FRAGMENTED, fragment([9]), fragment([8, 7])]);
  const scanner = createMp4BoxScanner();
  const playable = Array.from(file.keys()).filter((at) => {
    scanner.push(file.subarray(at, at + 1));
    return scanner.whyUnplayable() === undefined;
  });
  const edges = [FRAGMENTED.length, FRAGMENTED.length + fragment([9]).length, file.length];
  expect(playable.map((at) => at + 1)).toEqual(edges);
});

test('follows a large index without holding it', () => {
  const sizes = Array.from({ length: 50_000 }, () => 1);
  const index = moov(trak({ sizes, offset: 900 }));
  const scanner = scannerOf(FTYP, index.subarray(0, -5000));
  expect(JSON.stringify(scanner.state()).length).toBeLessThan(2000);
  scanner.push(index.subarray(-5000));
  scanner.push(box('mdat', Buffer.alloc(50_000)));
  expect(scanner.whyUnplayable()).toBeUndefined();
});

test('takes an mdat without a length as complete once all data that the index lists have arrived', () => {
  const scanner = scannerOf(FTYP, INDEX, header('mdat', 0), DATA.subarray(1));
  expect([scanner.isTruncated(), scanner.isComplete()]).toEqual([true, false]);
  scanner.push(DATA.subarray(0, 1));
  expect([scanner.isTruncated(), scanner.isComplete()]).toEqual([false, true]);
  scanner.push(DATA);
  expect(scanner.isComplete()).toBe(true);
});

test('does not take an mdat without a length after a fragment as complete, because its end is unknown', () => {
  const last = fragment([60, 40]);
  last.writeUInt32BE(0, last.length - 108);
  const scanner = scannerOf(FTYP, moov(trak(), mvex()), last);
  expect([scanner.whyUnplayable(), scanner.isComplete()]).toEqual([undefined, false]);
});

test('keeps only a few of many tracks', () => {
  const ids = Array.from({ length: 500 }, (_, id) => 0x7fff0000 + id);
  const scanner = scannerOf(FTYP, moov(...ids.map((id) => trak({ id })), mvex(ids, 0x7fffffff)));
  expect(JSON.stringify(scanner.state()).length).toBeLessThan(2000);
});

test('accepts the MP4 head that tests and the bench make', () => {
  expect(scannerOf(Buffer.concat([mp4Head(6000)], 6000)).isComplete()).toBe(true);
});
