import { toNumber, toText } from './bytes.ts';
import { openBox } from './index.ts';
import { LEAVES } from './leaves.ts';
import { hasAll } from './playability.ts';
import { bytesLeft, HEADER_BYTES, type WalkState } from './state.ts';

const LONG_HEADER_BYTES = 16;

/** What an MP4 file may begin with: each box that ISO/IEC 14496-12 or QuickTime has outside all others. */
const FIRST_TYPES =
  'ftyp styp pdin moov moof mdat free skip wide junk uuid sidx ssix prft emsg meta meco udta mfra pnot PICT';

/** The boxes that are looked into, by their place. All others are skipped whole. */
const FOLLOWED: readonly string[] = [
  '/moov',
  'moov/trak',
  'trak/mdia',
  'mdia/minf',
  'minf/stbl',
  'moov/mvex',
  '/moof',
  'moof/traf',
];

const IS_TYPE = /^[\x20-\x7e\xa9]{4}$/;

/** Reads the header of the next box, and goes into that box. */
export function readHeader(state: WalkState, bytes: Uint8Array): void {
  if (bytes.length < HEADER_BYTES) {
    // A list of boxes in a QuickTime file may end with four zero bytes.
    if (bytes.some((byte) => byte !== 0)) state.damage = misfit(state);
  } else if (isFirstHalf(bytes) && bytesLeft(state) >= HEADER_BYTES) {
    state.held = [...bytes];
    state.want = LONG_HEADER_BYTES;
  } else if (state.open.length === 0) enterOutermost(state, bytes);
  else {
    const end = endOf(state, bytes);
    if (end === undefined || end === null || end - state.at > bytesLeft(state)) state.damage = misfit(state);
    else enter(state, typeIn(bytes), end);
  }
}

function enterOutermost(state: WalkState, header: Uint8Array): void {
  const type = typeIn(header);
  const end = endOf(state, header);
  const isFirst = state.at === header.length;
  if (isFirst && !FIRST_TYPES.split(' ').includes(type)) state.damage = 'it does not begin like an MP4 file';
  else if (end !== undefined && IS_TYPE.test(type)) enter(state, type, end);
  // What follows a whole video keeps no player from playing it.
  else if (hasAll(state)) enter(state, '', null);
  else state.damage = `what follows its first ${state.at - header.length} bytes is no box`;
}

/** The size 1 says that the size stands behind the type, in 64 bits. */
function isFirstHalf(header: Uint8Array): boolean {
  return header.length === HEADER_BYTES && toNumber(header, 0, 4) === 1;
}

function typeIn(header: Uint8Array): string {
  return toText(header.subarray(4, HEADER_BYTES));
}

/** Where the box ends whose header has just been read; `null` at the end of the file, `undefined` where no box can. */
function endOf({ at }: WalkState, header: Uint8Array): number | null | undefined {
  const isLong = header.length === LONG_HEADER_BYTES;
  const size = isLong ? toNumber(header, HEADER_BYTES) : toNumber(header, 0, 4);
  if (size === 0 && !isLong) return null;
  const end = at - header.length + size;
  return end >= at && end <= Number.MAX_SAFE_INTEGER ? end : undefined;
}

function misfit({ open }: WalkState): string {
  return `a box in its box ${open.at(-1)?.type} has a size that does not fit`;
}

function enter(state: WalkState, type: string, end: number | null): void {
  const place = `${state.open.at(-1)?.type ?? ''}/${type}`;
  state.open.push({ type, place, end });
  state.damage = openBox(state.index, place) ?? null;
  wantNext(state);
}

/** Makes ready for what comes first in the innermost box, or behind the box that has just ended. */
export function wantNext(state: WalkState): void {
  const box = state.open.at(-1);
  const left = bytesLeft(state);
  state.entries = null;
  if (box === undefined || FOLLOWED.includes(box.place)) {
    state.want = Math.min(HEADER_BYTES, left);
    return;
  }
  state.want = LEAVES[box.place]?.headBytes ?? 0;
  if (state.want > left && state.damage === null) state.damage = `its box ${box.type} is too short`;
}
