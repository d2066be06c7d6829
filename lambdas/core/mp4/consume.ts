import { readHeader, wantNext } from './header.ts';
import { closeBox } from './index.ts';
import { LEAVES } from './leaves.ts';
import { bytesLeft, type ScannerState } from './state.ts';

/**
 * Reads the next field group of the file, or as much of it as the chunk has.
 * @returns how many bytes of the chunk were consumed, at least one
 */
export function consume(state: ScannerState, chunk: Uint8Array, from: number): number {
  const available = chunk.length - from;
  const consumed = Math.min(available, bytesWanted(state));
  state.at += consumed;
  if (state.damage !== null) return consumed;
  if (state.want > 0) read(state, chunk.subarray(from, from + consumed));
  else if (state.open.at(-1)?.place === '/mdat') state.index.dataBytes += consumed;
  closeEnded(state);
  return consumed;
}

/** What remains of the field group that is read, of the box that is skipped, or of a damaged file. */
function bytesWanted(state: ScannerState): number {
  if (state.damage !== null) return Number.POSITIVE_INFINITY;
  return state.want > 0 ? state.want - state.held.length : bytesLeft(state);
}

function read(state: ScannerState, bytes: Uint8Array): void {
  if (bytes.length === state.want) readFields(state, bytes);
  else {
    state.held.push(...bytes);
    if (state.held.length === state.want) readFields(state, Uint8Array.from(state.held.splice(0)));
  }
}

function readFields(state: ScannerState, bytes: Uint8Array): void {
  const box = state.open.at(-1);
  const leaf = box && LEAVES[box.place];
  if (leaf === undefined) readHeader(state, bytes);
  else if (state.entries === null) {
    const entries = leaf.readHead(state.index, bytes, bytesLeft(state));
    state.entries = { bytes: entries.bytes, left: entries.count };
    wantEntry(state, entries.firstBytes ?? entries.bytes);
  } else {
    leaf.readEntry?.(state.index, bytes, bytesLeft(state));
    state.entries.left -= 1;
    wantEntry(state, state.entries.bytes);
  }
}

function wantEntry(state: ScannerState, bytes: number): void {
  state.want = state.entries?.left === 0 ? 0 : bytes;
  if (state.want > bytesLeft(state))
    state.damage = `its box ${state.open.at(-1)?.type} is too short for its entries`;
}

function closeEnded(state: ScannerState): void {
  for (let box = state.open.at(-1); box?.end === state.at; box = state.open.at(-1)) {
    if (state.damage !== null) return;
    state.damage = closeBox(state.index, box.place) ?? null;
    state.open.pop();
    wantNext(state);
  }
}
