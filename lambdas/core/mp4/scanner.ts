import { consume } from './consume.ts';
import { hasAll, toPlayability } from './playability.ts';
import { INITIAL_STATE, type ScannerState } from './state.ts';

export type { ScannerState };

/** Scans the boxes of an MP4 file (ISO/IEC 14496-12) as its bytes arrive, and says whether a player can open it. */
export interface Mp4BoxScanner {
  push(chunk: Uint8Array): void;
  /** Why no player opens the bytes so far, such as 'it has no index (moov)'; `undefined` where a player opens them. */
  whyUnplayable(): string | undefined;
  /** Whether bytes of this file are missing: it ends within a box, or before the data that its index lists. */
  isTruncated(): boolean;
  /** Whether no further bytes can make this file playable. `whyUnplayable` has the reason. */
  isUnrecoverable(): boolean;
  /** Whether a player opens it, and it ends after a box with a length or after all data that its index lists. */
  isComplete(): boolean;
  /** What another scanner needs to continue here: plain JSON, under 2 kB. */
  state(): ScannerState;
}

/** @param from the result of `state()` of an earlier scanner */
export function createMp4BoxScanner(from: ScannerState = INITIAL_STATE): Mp4BoxScanner {
  const state = structuredClone(from);
  return {
    push(chunk) {
      for (let consumed = 0; consumed < chunk.length; ) consumed += consume(state, chunk, consumed);
    },
    whyUnplayable: () => toPlayability(state).why,
    isTruncated: () => toPlayability(state).kind === 'truncated',
    isUnrecoverable: () => toPlayability(state).kind === 'damaged',
    isComplete: () =>
      toPlayability(state).kind === 'playable' && (isBetweenBoxes(state) || isInLastData(state)),
    state: () => structuredClone(state),
  };
}

function isBetweenBoxes({ open, held }: ScannerState): boolean {
  return open.length + held.length === 0;
}

/** Whether all listed data has arrived inside an `mdat` that has no length of its own. */
function isInLastData(state: ScannerState): boolean {
  const [box] = state.open;
  return box?.place === '/mdat' && box.end === null && hasAll(state);
}
