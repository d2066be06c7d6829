import { type Mp4Index, NO_INDEX } from './index.ts';

/** The size of a box and its type, 4 bytes each. */
export const HEADER_BYTES = 8;

export interface OpenBox {
  readonly type: string;
  /** The type of the box around it, and its own: `moov/trak`, `/mdat`. */
  readonly place: string;
  /** The offset behind its last byte; `null` where it reaches to the end of the file. */
  readonly end: number | null;
}

/** Where a walk is, and what it has found. Plain JSON. */
export interface WalkState {
  /** How many bytes have come. */
  at: number;
  /** The boxes around this place, the outermost first. */
  open: OpenBox[];
  /** The length of the piece that is read at this place; 0 while the innermost box is skipped. */
  want: number;
  /** The first bytes of this piece, while it is not whole. */
  held: number[];
  /** The entries of the innermost box that are still to be read; `null` until its head has been read. */
  entries: { bytes: number; left: number } | null;
  /** Why no player opens this file, whatever comes next. */
  damage: string | null;
  index: Mp4Index;
}

export const START: WalkState = {
  at: 0,
  open: [],
  want: HEADER_BYTES,
  held: [],
  entries: null,
  damage: null,
  index: NO_INDEX,
};

/** How many bytes the innermost box still has. */
export function bytesLeft({ at, open }: WalkState): number {
  return (open.at(-1)?.end ?? Number.POSITIVE_INFINITY) - at;
}
