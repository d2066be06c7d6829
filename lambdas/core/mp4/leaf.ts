import type { Mp4Index } from './index.ts';

/** A box whose fields are read: a head of fixed length, then entries. */
export interface Leaf {
  readonly headBytes: number;
  readHead(index: Mp4Index, head: Uint8Array, bytesLeft: number): Entries;
  readEntry?(index: Mp4Index, entry: Uint8Array, bytesLeft: number): void;
}

/** How many entries follow the head of a box, and the length of each. */
export interface Entries {
  readonly count: number;
  readonly bytes: number;
  /** @default `bytes` */
  readonly firstBytes?: number;
}

export const NO_ENTRIES: Entries = { count: 0, bytes: 0 };
