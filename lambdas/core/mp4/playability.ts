import { whyNoPictures } from './index.ts';
import { HEADER_BYTES, type WalkState } from './state.ts';

/** What a file is that ends here. */
export interface Outcome {
  readonly kind: 'playable' | 'cut' | 'lacking' | 'hopeless';
  readonly why?: string;
}

/** The boxes that hold what is played. Half of another box behind the whole video keeps no player from playing it. */
const ESSENTIAL: readonly string[] = ['moov', 'moof', 'mdat'];

/** Judges a file that ends here as players do, which play what the index lists and skip all boxes they do not know. */
export function judge(state: WalkState): Outcome {
  const { damage, at, open, index } = state;
  if (damage !== null) return { kind: 'hopeless', why: damage };
  if (at < HEADER_BYTES)
    return { kind: 'lacking', why: at === 0 ? 'it is empty' : `it has only ${at} bytes` };
  const type = open[0]?.type ?? '';
  if (isInsideBox(state) && (ESSENTIAL.includes(type) || !(hasAll(state) || type === 'mfra')))
    return { kind: 'cut', why: `it ends within a box${/^[\w ]{4}$/.test(type) ? ` (${type})` : ''}` };
  if (!index.hasBegun) return { kind: 'lacking', why: 'it has no index (moov)' };
  const why = whyNoPictures(index);
  return why === undefined ? judgeData(state) : { kind: 'lacking', why };
}

function judgeData(state: WalkState): Outcome {
  const { dataBytes, hasPictures } = state.index;
  if (dataBytes === 0) return { kind: 'cut', why: 'it has no media data (mdat)' };
  if (!hasPictures) return { kind: 'cut', why: 'it has no fragment (moof) with a picture' };
  if (!hasListedData(state))
    return { kind: 'cut', why: 'it has less media data (mdat) than its index lists' };
  return { kind: 'playable' };
}

/** Whether all that the index lists has come, and no fragments may follow. */
export function hasAll(state: WalkState): boolean {
  const { isRead, isFragmented, hasPictures } = state.index;
  return isRead && !isFragmented && hasPictures && hasListedData(state);
}

function hasListedData({ at, index: { listedBytes, dataBytes, farthest } }: WalkState): boolean {
  return listedBytes <= dataBytes && farthest < at;
}

/** A box without a length ends where the file does, but the boxes in it do not. */
function isInsideBox({ open, held }: WalkState): boolean {
  return held.length > 0 || open.length > 1 || (open.length === 1 && open[0]?.end !== null);
}
