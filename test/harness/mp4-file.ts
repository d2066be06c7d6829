/** Builds MP4 files box by box (ISO/IEC 14496-12), playable ones and others. */
export function box(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([header(type, body.length + 8), body]);
}

/** The first 8 bytes of a box. With size 0 it extends to the end of the file. */
export function header(type: string, size: number): Buffer {
  return Buffer.concat([u32(size), Buffer.from(type, 'latin1')]);
}

/** A box with a 64-bit size. */
export function longBox(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([header(type, 1), u32(0, body.length + 16), body]);
}

export function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    bytes.writeUInt32BE(value, index * 4);
  });
  return bytes;
}

export function ftyp(...brands: readonly string[]): Buffer {
  const [major = 'isom', ...compatible] = brands;
  return box('ftyp', Buffer.from(major, 'latin1'), u32(512), Buffer.from(compatible.join(''), 'latin1'));
}

export interface TrackOptions {
  readonly id?: number;
  readonly kind?: string;
  readonly sizes?: readonly number[];
  /** The offset of the chunk that holds all samples. */
  readonly offset?: number;
  /** Replaces the table made from `sizes`. */
  readonly sizeTable?: Buffer;
  /** Replaces the table made from `offset`. */
  readonly chunkTable?: Buffer;
  readonly formats?: readonly Buffer[];
}

/** A track with all samples in one chunk. */
export function trak(options: TrackOptions = {}): Buffer {
  const {
    id = 1,
    kind = 'vide',
    sizes = [],
    offset = 0,
    formats = [box('avc1', Buffer.alloc(78))],
  } = options;
  const sizeTable = options.sizeTable ?? box('stsz', u32(0, 0, sizes.length, ...sizes));
  const chunkTable = options.chunkTable ?? box('stco', sizes.length > 0 ? u32(0, 1, offset) : u32(0, 0));
  const times = box('stts', sizes.length > 0 ? u32(0, 1, sizes.length, 1) : u32(0, 0));
  const map = box('stsc', sizes.length > 0 ? u32(0, 1, 1, sizes.length, 1) : u32(0, 0));
  const stsd = box('stsd', u32(0, formats.length), ...formats);
  const stbl = box('stbl', stsd, times, map, sizeTable, chunkTable);
  const hdlr = box('hdlr', u32(0, 0), Buffer.from(kind, 'latin1'), Buffer.alloc(13));
  const tkhd = box('tkhd', u32(7, 0, 0, id), Buffer.alloc(68));
  return box('trak', tkhd, box('mdia', box('mdhd', Buffer.alloc(24)), hdlr, box('minf', stbl)));
}

export function moov(...children: readonly Uint8Array[]): Buffer {
  return box('moov', box('mvhd', Buffer.alloc(100)), ...children);
}

/** What precedes the media data in a playable MP4 of this length. */
export function mp4Head(bytes: number): Buffer {
  const begin = ftyp('mp42', 'isom');
  const lengthOf = (index: Buffer): number => begin.length + index.length + 8;
  const offset = lengthOf(moov(trak({ sizes: [1] })));
  const index = moov(trak({ sizes: [bytes - offset], offset }));
  return Buffer.concat([begin, index, header('mdat', bytes - lengthOf(index) + 8)]);
}

/** A fragment of one run of samples, with its media data. */
export function fragment(sizes: readonly number[], id = 1): Buffer {
  const tfhd = box('tfhd', u32(0x020000, id));
  const trun = box('trun', u32(0x201, sizes.length, 0, ...sizes));
  const data = Buffer.alloc(
    sizes.reduce((sum, size) => sum + size, 0),
    1,
  );
  return Buffer.concat([box('moof', box('mfhd', u32(0, 1)), box('traf', tfhd, trun)), box('mdat', data)]);
}

/** Announces fragments of these tracks, with this default size of a sample. */
export function mvex(ids: readonly number[] = [1], sampleBytes = 0): Buffer {
  return box('mvex', ...ids.map((id) => box('trex', u32(0, id, 1, 1, sampleBytes, 0))));
}
