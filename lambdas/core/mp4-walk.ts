import { readHeader, wantNext } from './mp4-header.ts';
import { closeBox } from './mp4-index.ts';
import { LEAVES } from './mp4-leaves.ts';
import { bytesLeft, type WalkState } from './mp4-state.ts';

/** Takes one piece of the file, or as much of it as has come. Tells how many bytes it took, at least one. */
export function take(state: WalkState, come: Uint8Array): number {
  const { length } = state.want === 0 || state.damage !== null ? skip(state, come) : read(state, come);
  closeEnded(state);
  return length;
}

function skip(state: WalkState, come: Uint8Array): Uint8Array {
  const skipped = state.damage === null ? come.subarray(0, bytesLeft(state)) : come;
  state.at += skipped.length;
  if (state.open.at(-1)?.place === '/mdat') state.index.dataBytes += skipped.length;
  return skipped;
}

function read(state: WalkState, come: Uint8Array): Uint8Array {
  const bytes = come.subarray(0, state.want - state.held.length);
  state.at += bytes.length;
  if (bytes.length === state.want) readPiece(state, bytes);
  else {
    state.held.push(...bytes);
    if (state.held.length === state.want) readPiece(state, Uint8Array.from(state.held.splice(0)));
  }
  return bytes;
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
