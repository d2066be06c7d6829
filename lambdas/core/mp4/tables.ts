import { lastNumber, toNumber, toText } from './bytes.ts';
import type { Mp4Index } from './index.ts';
import { type Entries, type Leaf, NO_ENTRIES } from './leaf.ts';

/** The boxes that say what a track is and where its samples are, by their place (ISO/IEC 14496-12, 8). */
export const TRACK_LEAVES: Readonly<Record<string, Leaf>> = {
  'trak/tkhd': {
    headBytes: 4,
    readHead: (_index, head) => ({ count: 1, bytes: head[0] === 1 ? 20 : 12 }),
    readEntry({ track }, entry) {
      track.id = lastNumber(entry);
    },
  },
  'mdia/hdlr': {
    headBytes: 12,
    readHead({ track }, head) {
      track.kind = toText(head.subarray(8));
      return NO_ENTRIES;
    },
  },
  'stbl/stsd': {
    headBytes: 8,
    readHead: (_index, head) => (lastNumber(head) === 0 ? NO_ENTRIES : { count: 1, bytes: 8 }),
    readEntry({ track }, entry, bytesLeft) {
      const bodyBytes = toNumber(entry, 0, 4) - entry.length;
      track.hasFormat = bodyBytes >= 8 && bodyBytes <= bytesLeft;
    },
  },
  'stbl/stts': {
    headBytes: 8,
    readHead({ track }, head) {
      track.hasTimes = lastNumber(head) > 0;
      return NO_ENTRIES;
    },
  },
  'stbl/stsc': {
    headBytes: 8,
    readHead({ track }, head) {
      track.hasChunkMap = lastNumber(head) > 0;
      return NO_ENTRIES;
    },
  },
  'stbl/stsz': {
    headBytes: 12,
    readHead({ track }, head) {
      track.samples = lastNumber(head);
      track.sampleBytes = toNumber(head, 4, 8);
      return track.sampleBytes === 0 ? { count: track.samples, bytes: 4 } : NO_ENTRIES;
    },
    readEntry({ track }, entry) {
      track.listedBytes += lastNumber(entry);
    },
  },
  'stbl/stz2': { headBytes: 12, readHead: readSmallSizes, readEntry: readSmallSize },
  'stbl/stco': {
    headBytes: 8,
    readHead: ({ track }, head) => readChunkCount(track, head, 4),
    readEntry: readChunk,
  },
  'stbl/co64': {
    headBytes: 8,
    readHead: ({ track }, head) => readChunkCount(track, head, 8),
    readEntry: readChunk,
  },
};

function readSmallSizes({ track }: Mp4Index, head: Uint8Array): Entries {
  track.samples = lastNumber(head);
  track.sizeBits = head[7] ?? 0;
  return {
    count: Math.ceil((track.samples * Math.min(track.sizeBits, 8)) / 8),
    bytes: track.sizeBits > 8 ? 2 : 1,
  };
}

function readSmallSize({ track }: Mp4Index, entry: Uint8Array): void {
  const size = toNumber(entry);
  track.listedBytes += track.sizeBits === 4 ? (size >> 4) + (size & 15) : size;
}

function readChunkCount(track: Mp4Index['track'], head: Uint8Array, bytes: number): Entries {
  track.chunks = lastNumber(head);
  return { count: track.chunks, bytes };
}

function readChunk({ track }: Mp4Index, entry: Uint8Array): void {
  track.farthest = Math.max(track.farthest, toNumber(entry));
}
