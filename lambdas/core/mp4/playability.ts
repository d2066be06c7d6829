import { whyNoPictures } from './index.ts';
import { HEADER_BYTES, type ScannerState } from './state.ts';

/** What the bytes so far are, if the file ends after them. */
export interface Playability {
  readonly kind: 'playable' | 'truncated' | 'incomplete' | 'damaged';
  readonly why?: string;
}

/** The boxes that hold what is played. A player ignores an incomplete box of another type after a complete video. */
const ESSENTIAL: readonly string[] = ['moov', 'moof', 'mdat'];

/** Decides as players do: they play what the index lists, and they skip boxes that they do not know. */
export function toPlayability(state: ScannerState): Playability {
  const { damage, at, open, index } = state;
  if (damage !== null) return { kind: 'damaged', why: damage };
  if (at < HEADER_BYTES)
    return { kind: 'incomplete', why: at === 0 ? 'it is empty' : `it has only ${at} bytes` };
  const type = open[0]?.type ?? '';
  if (isInsideBox(state) && (ESSENTIAL.includes(type) || !(hasAll(state) || type === 'mfra')))
    return { kind: 'truncated', why: `it ends within a box${/^[\w ]{4}$/.test(type) ? ` (${type})` : ''}` };
  if (!index.hasBegun) return { kind: 'incomplete', why: 'it has no index (moov)' };
  const why = whyNoPictures(index);
  return why === undefined ? toDataPlayability(state) : { kind: 'incomplete', why };
}

function toDataPlayability(state: ScannerState): Playability {
  const { dataBytes, hasPictures } = state.index;
  if (dataBytes === 0) return { kind: 'truncated', why: 'it has no media data (mdat)' };
  if (!hasPictures) return { kind: 'truncated', why: 'it has no fragment (moof) with a picture' };
  if (!hasListedData(state))
    return { kind: 'truncated', why: 'it has less media data (mdat) than its index lists' };
  return { kind: 'playable' };
}

/** Whether all data that the index lists has arrived. False for a fragmented file: more fragments may follow. */
export function hasAll(state: ScannerState): boolean {
  const { isRead, isFragmented, hasPictures } = state.index;
  return isRead && !isFragmented && hasPictures && hasListedData(state);
}

function hasListedData({ at, index: { listedBytes, dataBytes, farthest } }: ScannerState): boolean {
  return listedBytes <= dataBytes && farthest < at;
}

/** An outermost box without a length ends at the end of the file. A box inside it has to end before that. */
function isInsideBox({ open, held }: ScannerState): boolean {
  return held.length > 0 || open.length > 1 || (open.length === 1 && open[0]?.end !== null);
}
