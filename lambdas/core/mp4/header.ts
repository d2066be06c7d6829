import { toNumber, toText } from './bytes.ts';
import { openBox } from './index.ts';
import { LEAVES } from './leaves.ts';
import { hasAll } from './playability.ts';
import { bytesLeft, HEADER_BYTES, type ScannerState } from './state.ts';

const LONG_HEADER_BYTES = 16;

/** The boxes that an MP4 file may begin with: the outermost boxes of ISO/IEC 14496-12 and QuickTime. */
const FIRST_TYPES =
  'ftyp styp pdin moov moof mdat free skip wide junk uuid sidx ssix prft emsg meta meco udta mfra pnot PICT';

/** The boxes whose inner boxes are read, by their place. All others are skipped. */
const CONTAINERS: readonly string[] = [
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

/** Reads the header of the next box, and enters that box. */
export function readHeader(state: ScannerState, bytes: Uint8Array): void {
  if (bytes.length < HEADER_BYTES) {
    // A list of boxes in a QuickTime file may end with four zero bytes.
    if (bytes.some((byte) => byte !== 0)) state.damage = wrongSize(state);
  } else if (isFirstHalf(bytes) && bytesLeft(state) >= HEADER_BYTES) {
    state.held = [...bytes];
    state.want = LONG_HEADER_BYTES;
  } else if (state.open.length === 0) enterOutermost(state, bytes);
  else {
    const end = endOf(state, bytes);
    if (end === undefined || end === null || end - state.at > bytesLeft(state))
      state.damage = wrongSize(state);
    else enter(state, typeIn(bytes), end);
  }
}

function enterOutermost(state: ScannerState, header: Uint8Array): void {
  const type = typeIn(header);
  const end = endOf(state, header);
  const isFirst = state.at === header.length;
  if (isFirst && !FIRST_TYPES.split(' ').includes(type)) state.damage = 'it does not begin like an MP4 file';
  else if (end !== undefined && IS_TYPE.test(type)) enter(state, type, end);
  // Players ignore what follows a complete video.
  else if (hasAll(state)) enter(state, '', null);
  else state.damage = `what follows its first ${state.at - header.length} bytes is no box`;
}

/** The size 1 means that the real size follows the type, in 64 bits. */
function isFirstHalf(header: Uint8Array): boolean {
  return header.length === HEADER_BYTES && toNumber(header, 0, 4) === 1;
}

function typeIn(header: Uint8Array): string {
  return toText(header.subarray(4, HEADER_BYTES));
}

/** The end of the box with this header; `null` for the end of the file, `undefined` for an impossible size. */
function endOf({ at }: ScannerState, header: Uint8Array): number | null | undefined {
  const isLong = header.length === LONG_HEADER_BYTES;
  const size = isLong ? toNumber(header, HEADER_BYTES) : toNumber(header, 0, 4);
  if (size === 0 && !isLong) return null;
  const end = at - header.length + size;
  return end >= at && end <= Number.MAX_SAFE_INTEGER ? end : undefined;
}

function wrongSize({ open }: ScannerState): string {
  return `a box in its box ${open.at(-1)?.type} has a size that does not fit`;
}

function enter(state: ScannerState, type: string, end: number | null): void {
  const place = `${state.open.at(-1)?.type ?? ''}/${type}`;
  state.open.push({ type, place, end });
  state.damage = openBox(state.index, place) ?? null;
  wantNext(state);
}

/** Sets what has to be read next: in the innermost box, or after the box that has just ended. */
export function wantNext(state: ScannerState): void {
  const box = state.open.at(-1);
  const left = bytesLeft(state);
  state.entries = null;
  if (box === undefined || CONTAINERS.includes(box.place)) {
    state.want = Math.min(HEADER_BYTES, left);
    return;
  }
  state.want = LEAVES[box.place]?.headBytes ?? 0;
  if (state.want > left && state.damage === null) state.damage = `its box ${box.type} is too short`;
}
