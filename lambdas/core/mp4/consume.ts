import { readHeader, wantNext } from './header.ts';
import { closeBox } from './index.ts';
import { LEAVES } from './leaves.ts';
import { bytesLeft, type WalkState } from './state.ts';

/** Takes a piece of the file from here on, or as much of it as has come. Tells how many bytes it took, at least one. */
export function take(state: WalkState, chunk: Uint8Array, from: number): number {
  const come = chunk.length - from;
  const taken = Math.min(come, bytesWanted(state));
  state.at += taken;
  if (state.damage !== null) return taken;
  if (state.want > 0) read(state, chunk.subarray(from, from + taken));
  else if (state.open.at(-1)?.place === '/mdat') state.index.dataBytes += taken;
  closeEnded(state);
  return taken;
}

/** The rest of the piece that is read, of the box that is skipped, or of a file that is no video. */
function bytesWanted(state: WalkState): number {
  if (state.damage !== null) return Number.POSITIVE_INFINITY;
  return state.want > 0 ? state.want - state.held.length : bytesLeft(state);
}

function read(state: WalkState, bytes: Uint8Array): void {
  if (bytes.length === state.want) readPiece(state, bytes);
  else {
    state.held.push(...bytes);
    if (state.held.length === state.want) readPiece(state, Uint8Array.from(state.held.splice(0)));
  }
}

function readPiece(state: WalkState, bytes: Uint8Array): void {
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

function wantEntry(state: WalkState, bytes: number): void {
  state.want = state.entries?.left === 0 ? 0 : bytes;
  if (state.want > bytesLeft(state))
    state.damage = `its box ${state.open.at(-1)?.type} is too short for its entries`;
}

function closeEnded(state: WalkState): void {
  for (let box = state.open.at(-1); box?.end === state.at; box = state.open.at(-1)) {
    if (state.damage !== null) return;
    state.damage = closeBox(state.index, box.place) ?? null;
    state.open.pop();
    wantNext(state);
  }
}
