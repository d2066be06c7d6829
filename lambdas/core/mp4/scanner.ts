import { take } from './consume.ts';
import { hasAll, judge } from './playability.ts';
import { START, type WalkState } from './state.ts';

export type { WalkState };

/** Follows the boxes of an MP4 file as its bytes come by (ISO/IEC 14496-12), and tells whether a player opens it. */
export interface Mp4BoxScanner {
  push(chunk: Uint8Array): void;
  /** Why no player opens what has come, if it ends here, such as 'it has no index (moov)'; `undefined` where one does. */
  whyUnplayable(): string | undefined;
  /** Whether more of this file must be somewhere: it ends within a box, or before the data that its index lists. */
  isCut(): boolean;
  /** Whether no player opens this file, whatever comes next. `whyUnplayable` has the reason. */
  isHopeless(): boolean;
  /** Whether a player opens it, and it ends behind a box that says its length, or has all the data that its index lists. */
  isComplete(): boolean;
  /** All that another walk needs to go on from here: plain JSON, under 2 kB. */
  state(): WalkState;
}

/** @param from what `state()` of an earlier walk gave */
export function createMp4BoxScanner(from: WalkState = START): Mp4BoxScanner {
  const state = structuredClone(from);
  return {
    push(chunk) {
      for (let taken = 0; taken < chunk.length; ) taken += take(state, chunk, taken);
    },
    whyUnplayable: () => judge(state).why,
    isCut: () => judge(state).kind === 'cut',
    isHopeless: () => judge(state).kind === 'hopeless',
    isComplete: () => judge(state).kind === 'playable' && (isBehindBox(state) || isInLastData(state)),
    state: () => structuredClone(state),
  };
}

function isBehindBox({ open, held }: WalkState): boolean {
  return open.length + held.length === 0;
}

/** In an `mdat` that reaches to the end of the file, all that the index lists has come. */
function isInLastData(state: WalkState): boolean {
  const [box] = state.open;
  return box?.place === '/mdat' && box.end === null && hasAll(state);
}
