import { type Mp4Index, NO_INDEX } from './index.ts';

/** Each box begins with its size and its type, 4 bytes each. */
export const HEADER_BYTES = 8;

export interface OpenBox {
  readonly type: string;
  /** The type of the surrounding box and its own type: `moov/trak`, `/mdat`. */
  readonly place: string;
  /** The offset after its last byte; `null` where the box extends to the end of the file. */
  readonly end: number | null;
}

/** The position of a scanner, and what it has found. Plain JSON. */
export interface ScannerState {
  /** How many bytes have arrived. */
  at: number;
  /** The boxes around this position, the outermost first. */
  open: OpenBox[];
  /** The length of the field group that is read at this position; 0 while the innermost box is skipped. */
  want: number;
  /** The first bytes of this field group, while it is incomplete. */
  held: number[];
  /** The entries of the innermost box that have not been read; `null` until its head has been read. */
  entries: { bytes: number; left: number } | null;
  /** Why no player opens this file, even with further bytes. */
  damage: string | null;
  index: Mp4Index;
}

export const INITIAL_STATE: ScannerState = {
  at: 0,
  open: [],
  want: HEADER_BYTES,
  held: [],
  entries: null,
  damage: null,
  index: NO_INDEX,
};

/** How many bytes of the innermost box have not arrived. */
export function bytesLeft({ at, open }: ScannerState): number {
  return (open.at(-1)?.end ?? Number.POSITIVE_INFINITY) - at;
}
