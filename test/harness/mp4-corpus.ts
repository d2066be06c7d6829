import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { boxesOf } from './mp4-edges.ts';
import { box, fragment, ftyp, header, longBox, moov, mp4Head, mvex, trak, u32 } from './mp4-file.ts';

/** Files by name, made from the clip of the simulator or from boxes alone. */
export type Corpus = readonly (readonly [name: string, file: Buffer])[];

const CLIP = readFileSync(join(import.meta.dirname, '..', '..', 'local', 'simulator', 'clip.mp4'));
const [TYPE_BYTES, INDEX_BYTES, FREE_BYTES] = [32, 5295, 8];
const TYPE = CLIP.subarray(0, TYPE_BYTES);
const INDEX = CLIP.subarray(TYPE_BYTES, TYPE_BYTES + INDEX_BYTES);
const DATA_AT = TYPE_BYTES + INDEX_BYTES + FREE_BYTES + 8;
const DATA = CLIP.subarray(DATA_AT);
const MEDIA = box('mdat', DATA);

const BRANDS = [
  ...['isom', 'iso2', 'iso4', 'iso5', 'iso6', 'iso9', 'mp41', 'mp42', 'avc1', 'hvc1', 'hev1', 'av01', 'M4V '],
  ...['M4A ', 'M4VP', 'qt  ', 'dash', 'cmfc', 'msnv', '3gp4', '3gp5', '3g2a', 'f4v ', 'XAVC', 'mmp4'],
];
const FIRST_TYPES = [
  ...['free', 'skip', 'wide', 'styp', 'uuid', 'pdin', 'sidx', 'ssix', 'prft', 'emsg', 'meta', 'meco', 'udta'],
  ...['junk', 'pnot', 'PICT', 'mdat'],
];

/** Files that ffmpeg plays: the clip with another brand, another order, another first box or other sizes. */
export const PLAYED: Corpus = [
  ['the clip', CLIP],
  ...BRANDS.map((brand) => [`brand ${brand}`, clipOf(ftyp(brand, brand), INDEX, MEDIA)] as const),
  ...FIRST_TYPES.map(
    (type) => [`${type} first`, clipOf(box(type, Buffer.alloc(40)), TYPE, INDEX, MEDIA)] as const,
  ),
  ...FIRST_TYPES.map((type) => [`${type} in the place of ftyp`, renamed(type)] as const),
  ['an image brand beside that of a video', clipOf(ftyp('mif1', 'mif1', 'heic', 'mp42'), INDEX, MEDIA)],
  ['the index last', clipOf(TYPE, MEDIA, INDEX)],
  ['the index last, and no ftyp', clipOf(MEDIA, INDEX)],
  ['the index first', clipOf(INDEX, MEDIA)],
  ['a 64-bit size of the data', clipOf(TYPE, INDEX, longBox('mdat', DATA))],
  ['a 64-bit size of the index', clipOf(TYPE, MEDIA, longBox('moov', INDEX.subarray(8)))],
  ['data to the end of the file', clipOf(TYPE, INDEX, Buffer.concat([header('mdat', 0), DATA]))],
  [
    'an index to the end of the file',
    clipOf(TYPE, MEDIA, Buffer.concat([header('moov', 0), INDEX.subarray(8)])),
  ],
  ['a box of an unknown type', clipOf(TYPE, box('abcd', Buffer.alloc(9)), INDEX, MEDIA, box('\xa9xyz'))],
  ['an empty mdat before the data', clipOf(TYPE, box('mdat'), INDEX, MEDIA)],
  ['zeros after it', clipOf(TYPE, INDEX, MEDIA, Buffer.alloc(4096))],
  ['three bytes after it', clipOf(TYPE, INDEX, MEDIA, Buffer.alloc(3, 7))],
  ['a page after it', clipOf(TYPE, INDEX, MEDIA, Buffer.from('<html><body>Bad gateway</body></html>'))],
  ['half of a box after it', clipOf(TYPE, INDEX, MEDIA, header('free', 4096))],
  ['four zero bytes at the end of its index', clipOf(TYPE, box('moov', INDEX.subarray(8), u32(0)), MEDIA)],
];

const SAMPLES = [60, 40];
const FAKE_INDEX = moov(trak({ sizes: SAMPLES, offset: 40 }));
const FAKE_DATA = box('mdat', Buffer.alloc(100, 1));
const FRAGMENTS = moov(trak(), mvex());

/** Files whose boxes are complete. Their media data are no real pictures. */
export const WHOLE: Corpus = [
  ['an index and data', Buffer.concat([ftyp('isom'), FAKE_INDEX, FAKE_DATA])],
  ['a head that tests and the bench use', Buffer.concat([mp4Head(5000)], 5000)],
  ['one size for all samples', videoOf({ sizeTable: box('stsz', u32(0, 50, 2)) })],
  [
    'sound of one size, which is not its own',
    withTrack(trak({ kind: 'soun', sizes: [1], sizeTable: box('stsz', u32(0, 1, 9000)) })),
  ],
  [
    'a track of another kind whose data are elsewhere',
    withTrack(trak({ kind: 'text', sizes: [9000], offset: 99_000 })),
  ],
  [
    'a fragment that no index announces after it',
    Buffer.concat([videoOf({}), fragment(SAMPLES).subarray(0, -108)]),
  ],
  [
    '64-bit times in the head of its track',
    Buffer.concat([ftyp('iso6'), moov(longTimes(trak()), mvex()), fragment(SAMPLES)]),
  ],
  ['a fragment with all fields', Buffer.concat([ftyp('iso6'), FRAGMENTS, fullFragment(), FAKE_DATA])],
  ['sizes of 16 bits', videoOf({ sizeTable: box('stz2', u32(0, 16, 2, 0x003c0028)) })],
  ['sizes of 8 bits', videoOf({ sizeTable: box('stz2', u32(0, 8, 2), Buffer.of(60, 40)) })],
  ['sizes of 4 bits', videoOf({ sizeTable: box('stz2', u32(0, 4, 3), Buffer.of(0xff, 0xf0)) })],
  ['64-bit places of chunks', videoOf({ chunkTable: box('co64', u32(0, 1, 0, 40)) })],
  ['a fragment', Buffer.concat([ftyp('iso5', 'dash'), FRAGMENTS, fragment(SAMPLES)])],
  [
    'fragments with boxes between',
    Buffer.concat([
      ftyp('cmfc'),
      FRAGMENTS,
      box('sidx', Buffer.alloc(32)),
      fragment(SAMPLES),
      box('styp', Buffer.from('msdh\0\0\0\0')),
      box('prft', Buffer.alloc(24)),
      fragment(SAMPLES),
      box('mfra', Buffer.alloc(16)),
    ]),
  ],
  [
    'a fragment whose sizes its track gives',
    Buffer.concat([ftyp('iso6'), moov(mvex([1], 50), trak()), sizelessFragment(2)]),
  ],
  [
    'sound before the pictures',
    Buffer.concat([ftyp('isom'), moov(trak({ kind: 'soun', id: 2 }), trak(), mvex()), fragment(SAMPLES)]),
  ],
];

/** Files that no player plays, also with further bytes. */
export const NO_VIDEO: Corpus = [
  ['zeros', Buffer.alloc(4096)],
  ['a page', Buffer.from('<!DOCTYPE html><html><head><title>403 Forbidden</title></head></html>')],
  ['a small page', Buffer.from('<html><body>Request blocked</body></html>')],
  ['XML', Buffer.from('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')],
  ['JSON', Buffer.from('{"base_resp":{"status_code":0}}')],
  ['zeros after ftyp', Buffer.concat([TYPE, Buffer.alloc(5000)])],
  ['a page after the index', Buffer.concat([TYPE, INDEX, Buffer.from('<html>\0\0\0\0')])],
  ...['avif', 'avis', 'heic', 'heix', 'hevc', 'mif1', 'msf1'].map(
    (brand) =>
      [
        `an image of the brand ${brand}`,
        Buffer.concat([ftyp(brand, brand, 'mif1', 'miaf'), box('meta', Buffer.alloc(200)), FAKE_DATA]),
      ] as const,
  ),
  [
    'a sequence of images',
    Buffer.concat([ftyp('avis', 'avis', 'iso8'), moov(trak({ kind: 'pict', sizes: SAMPLES })), FAKE_DATA]),
  ],
  ...['M4A ', 'isom', 'mp42'].map(
    (brand) =>
      [
        `sound of the brand ${brand}`,
        Buffer.concat([ftyp(brand), moov(trak({ kind: 'soun', sizes: SAMPLES })), FAKE_DATA]),
      ] as const,
  ),
  ['an index without tracks', Buffer.concat([TYPE, moov(), MEDIA])],
  ['an index without children', Buffer.concat([TYPE, box('moov'), MEDIA])],
  [
    'a video track without a format',
    Buffer.concat([TYPE, moov(trak({ sizes: SAMPLES, formats: [] })), FAKE_DATA]),
  ],
  ['a video track without samples', Buffer.concat([TYPE, moov(trak()), FAKE_DATA])],
  [
    'a video track without chunks',
    Buffer.concat([TYPE, moov(trak({ sizes: SAMPLES, chunkTable: box('stco', u32(0, 0)) })), FAKE_DATA]),
  ],
  ['a video track without times', Buffer.concat([TYPE, without('stts'), FAKE_DATA])],
  ['a video track without a map of its chunks', Buffer.concat([TYPE, without('stsc'), FAKE_DATA])],
  [
    'a format that is smaller than any',
    Buffer.concat([
      TYPE,
      moov(trak({ sizes: SAMPLES, formats: [header('avc1', 15), Buffer.alloc(80)] })),
      FAKE_DATA,
    ]),
  ],
  [
    'a format that is larger than its box',
    Buffer.concat([
      TYPE,
      moov(trak({ sizes: SAMPLES, formats: [header('avc1', 90), Buffer.alloc(80)] })),
      FAKE_DATA,
    ]),
  ],
  ['samples of no bytes', Buffer.concat([TYPE, moov(trak({ sizes: [0, 0] })), FAKE_DATA])],
  [
    'a child that is larger than its parent',
    Buffer.concat([TYPE, box('moov', header('trak', 5000), Buffer.alloc(90)), MEDIA]),
  ],
  [
    'a child that reaches one byte beyond its parent',
    Buffer.concat([TYPE, box('moov', header('trak', 99), Buffer.alloc(90)), MEDIA]),
  ],
  [
    'a child that is smaller than its header',
    Buffer.concat([TYPE, box('moov', header('trak', 7), Buffer.alloc(90)), MEDIA]),
  ],
  ['boxes within boxes', Buffer.concat([TYPE, box('moov', nested(2000)), MEDIA])],
  ['fragments that no index announces', Buffer.concat([TYPE, moov(trak()), fragment(SAMPLES)])],
];

/** Files that no player plays, and that more bytes could make a video. */
export const NOT_YET: Corpus = [
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.alloc(1)],
  ['ftyp', TYPE],
  ['ftyp and free', Buffer.concat([TYPE, box('free', Buffer.alloc(500))])],
  ['ftyp and the data', Buffer.concat([TYPE, MEDIA])],
  ['ftyp and data to the end of the file', Buffer.concat([TYPE, header('mdat', 0), DATA])],
  ['ftyp and an empty mdat', Buffer.concat([TYPE, box('mdat')])],
  ['the index', Buffer.concat([TYPE, INDEX])],
  ['the index and an empty mdat', Buffer.concat([TYPE, INDEX, box('mdat')])],
  ['an empty mdat and the index', Buffer.concat([TYPE, box('mdat'), INDEX])],
  ['the index and a stub of the data', Buffer.concat([TYPE, FAKE_INDEX, box('mdat', Buffer.alloc(99))])],
  [
    'an image brand beside that of a video',
    Buffer.concat([ftyp('heic', 'mif1', 'mp42'), box('meta'), FAKE_DATA]),
  ],
  ['a chunk after the end of the file', videoOf({ offset: 9000 })],
  [
    'a fragment with all fields and a byte too few',
    Buffer.concat([ftyp('iso6'), FRAGMENTS, fullFragment(), box('mdat', Buffer.alloc(99))]),
  ],
  ['a fragment of no samples', Buffer.concat([TYPE, FRAGMENTS, fragment([]), FAKE_DATA])],
  ['a run of samples in no track', Buffer.concat([TYPE, FRAGMENTS, headlessFragment(), FAKE_DATA])],
  ['the index of fragments', Buffer.concat([TYPE, FRAGMENTS])],
  ['the index of fragments and an empty mdat', Buffer.concat([TYPE, FRAGMENTS, box('mdat')])],
  ['a fragment without its data', Buffer.concat([TYPE, FRAGMENTS, fragment(SAMPLES).subarray(0, -108)])],
  [
    'a fragment of a track that is not announced',
    Buffer.concat([TYPE, moov(trak(), mvex([2])), fragment(SAMPLES)]),
  ],
  [
    'fragments of sound',
    Buffer.concat([TYPE, moov(trak(), trak({ kind: 'soun', id: 2 }), mvex([1, 2])), fragment(SAMPLES, 2)]),
  ],
  [
    'a fragment without its index',
    Buffer.concat([ftyp('iso5'), box('styp', Buffer.alloc(8)), fragment(SAMPLES)]),
  ],
  ['a fragment before its index', Buffer.concat([TYPE, fragment(SAMPLES), FRAGMENTS])],
];

/** Parts of the clip in this order, with the chunk offsets corrected. */
function clipOf(...parts: readonly Buffer[]): Buffer {
  const file = Buffer.concat(parts);
  const shift = file.indexOf(DATA) - DATA_AT;
  for (const { body } of boxesOf(file).filter(({ type }) => type === 'stco'))
    for (let at = body + 8, left = file.readUInt32BE(body + 4); left > 0; at += 4, left -= 1)
      file.writeUInt32BE(file.readUInt32BE(at) + shift, at);
  return file;
}

function renamed(type: string): Buffer {
  const file = Buffer.from(CLIP);
  file.write(type, 4, 'latin1');
  return file;
}

function videoOf(options: Parameters<typeof trak>[0]): Buffer {
  return Buffer.concat([ftyp('isom'), FAKE_DATA, moov(trak({ sizes: SAMPLES, offset: 40, ...options }))]);
}

function sizelessFragment(samples: number): Buffer {
  const traf = box('traf', box('tfhd', u32(0x020000, 1)), box('trun', u32(0, samples)));
  return Buffer.concat([box('moof', traf), FAKE_DATA]);
}

function nested(depth: number): Buffer {
  return Array.from({ length: depth }).reduce<Buffer>((inner) => box('trak', inner), Buffer.alloc(0));
}

function withTrack(track: Buffer): Buffer {
  return Buffer.concat([ftyp('isom'), FAKE_DATA, moov(track, trak({ sizes: SAMPLES, offset: 40 }))]);
}

/** An index in which a `free` box replaces this one. */
function without(type: string): Buffer {
  const index = Buffer.from(FAKE_INDEX);
  index.write('free', index.indexOf(type), 'latin1');
  return index;
}

function longTimes(track: Buffer): Buffer {
  const tkhd = box('tkhd', u32(0x01000007, 0, 0, 0, 0, 1), Buffer.alloc(68));
  const { body, end } = boxesOf(track).find(({ type }) => type === 'tkhd') ?? { body: 8, end: 8 };
  return box('trak', tkhd, track.subarray(8, body - 8), track.subarray(end));
}

/** Two runs of two samples. The first run lists its sizes, the second uses the default of its fragment. */
function fullFragment(): Buffer {
  const tfhd = box('tfhd', u32(0x3b, 1, 0, 0, 1, 9, 25, 0));
  const sized = box('trun', u32(0xf05, 2, 0, 0, 9, 20, 9, 9, 9, 30, 9, 9));
  return box('moof', box('traf', tfhd, sized, box('trun', u32(0, 2))));
}

function headlessFragment(): Buffer {
  const tfhd = box('tfhd', u32(0, 1));
  return box('moof', box('traf', tfhd), box('traf', box('trun', u32(0x200, 2, ...SAMPLES))));
}
