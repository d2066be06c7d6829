import { CREATE_ROWS } from './create-rows.ts';
import { DOWNLOAD_ROWS } from './download-rows.ts';
import { OTHER_ROWS } from './other-rows.ts';
import { QUERY_ROWS } from './query-rows.ts';
import type { Row } from './row.ts';

/** The fault matrix: every fault that we know of, in each phase of a request. */
export const ROWS: readonly Row[] = [...CREATE_ROWS, ...QUERY_ROWS, ...DOWNLOAD_ROWS, ...OTHER_ROWS];

/** Whether `npm test` runs a row, without or with callbacks. `npm run test:long` runs it otherwise. */
export function isInShortRun(
  { phase, isVariant = false, functionFaults, expected }: Row,
  callbacks: boolean,
): boolean {
  // An accepted create has registered a callback. A rejected one, and an answer to a check, are read in one way with and without.
  const isOfCallbacks = functionFaults !== undefined || expected.ends === 'succeeded';
  const touchesCallbacks =
    phase === 'create' ? isOfCallbacks : phase === 'query' && functionFaults !== undefined;
  return !isVariant && (!callbacks || touchesCallbacks);
}
