import { lastNumber, toNumber } from './bytes.ts';
import { remember } from './index.ts';
import { type Leaf, NO_ENTRIES } from './leaf.ts';

/** The flags of `tfhd` and `trun` that say which fields are present. A field has 4 bytes, `baseOffset` has 8. */
const TFHD = { baseOffset: 0x1, description: 0x2, duration: 0x8, size: 0x10 };
const TRUN = { dataOffset: 0x1, firstFlags: 0x4, duration: 0x100, size: 0x200, flags: 0x400, shift: 0x800 };

/** The boxes that describe the samples in fragments, by their place (ISO/IEC 14496-12, 8.8). */
export const FRAGMENT_LEAVES: Readonly<Record<string, Leaf>> = {
  'mvex/trex': {
    headBytes: 20,
    readHead({ sampleBytes }, head) {
      remember(sampleBytes, [toNumber(head, 4, 8), lastNumber(head)]);
      return NO_ENTRIES;
    },
  },
  'traf/tfhd': {
    headBytes: 8,
    readHead(index, head) {
      // Players ignore fragments of a track without a `trex` in the index.
      const [track, sampleBytes] = index.sampleBytes.find(([id]) => id === lastNumber(head)) ?? [0, 0];
      index.run = { track, sampleBytes };
      if (fieldBytes(head, TFHD.size) === 0) return NO_ENTRIES;
      const { baseOffset, description, duration, size } = TFHD;
      return { count: 1, bytes: fieldBytes(head, baseOffset, baseOffset, description, duration, size) };
    },
    readEntry({ run }, entry) {
      run.sampleBytes = lastNumber(entry);
    },
  },
  'traf/trun': {
    headBytes: 8,
    readHead(index, head) {
      if (index.run.track === 0) return NO_ENTRIES;
      const count = lastNumber(head);
      const { dataOffset, firstFlags, duration, size, flags, shift } = TRUN;
      if (count > 0 && index.videoTracks.includes(index.run.track)) index.hasPictures = true;
      if (fieldBytes(head, size) === 0) {
        index.listedBytes += count * index.run.sampleBytes;
        return NO_ENTRIES;
      }
      // Each entry is read from after the previous sample's size, so that it ends with its own size.
      const firstBytes = fieldBytes(head, dataOffset, firstFlags, duration, size);
      return { count, firstBytes, bytes: fieldBytes(head, duration, size, flags, shift) };
    },
    readEntry(index, entry) {
      index.listedBytes += lastNumber(entry);
    },
  },
};

/** How many bytes these fields have, by the flags in the head of the box. Absent fields count 0. */
function fieldBytes(head: Uint8Array, ...fields: readonly number[]): number {
  const flags = toNumber(head, 1, 4);
  return fields.filter((field) => (flags & field) !== 0).length * 4;
}
