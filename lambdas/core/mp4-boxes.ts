const HEADER_BYTES = 8;
const LONG_HEADER_BYTES = 16;

/** Follows the top-level boxes of an MP4 file as its bytes come by (ISO/IEC 14496-12, 4.2). */
export interface BoxWalk {
  push(chunk: Uint8Array): void;
  /** Whether a whole video ends here: after a box, with its data and its index behind it. */
  isComplete(): boolean;
  /** Whether a video that ends here has lost a part of its data or its index. Other boxes may be cut. */
  isCut(): boolean;
}

const ESSENTIAL: readonly string[] = ['mdat', 'moov', 'moof'];

export function createBoxWalk(): BoxWalk {
  const types = new Set<string>();
  let header: number[] = [];
  let left = 0;
  let type = '';

  function open(): void {
    const size = bigEndian(header.slice(0, 4));
    if (size === 1 && header.length < LONG_HEADER_BYTES) return;
    type = String.fromCharCode(...header.slice(4, HEADER_BYTES));
    if (ESSENTIAL.includes(type)) types.add(type);
    const bytes = size === 1 ? bigEndian(header.slice(HEADER_BYTES)) : size;
    left = size === 0 ? Number.POSITIVE_INFINITY : bytes - header.length;
    // A box cannot be smaller than its header: whatever this is, it has no end that could be told.
    if (left < 0) left = Number.NaN;
    header = [];
  }

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length; ) {
        if (left === 0) {
          header.push(chunk[at] ?? 0);
          at += 1;
          if (header.length >= HEADER_BYTES) open();
        } else {
          const skipped = Math.min(left, chunk.length - at);
          if (Number.isNaN(skipped)) return;
          left -= skipped;
          at += skipped;
        }
      }
    },
    isCut: () => left > 0 && left < Number.POSITIVE_INFINITY && ESSENTIAL.includes(type),
    isComplete() {
      return (
        left === 0 && header.length === 0 && types.has('mdat') && (types.has('moov') || types.has('moof'))
      );
    },
  };
}

function bigEndian(bytes: readonly number[]): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}
