import { CREATE_ROWS } from './create-rows.ts';
import { DOWNLOAD_ROWS } from './download-rows.ts';
import { OTHER_ROWS } from './other-rows.ts';
import { QUERY_ROWS } from './query-rows.ts';
import type { Row } from './row.ts';

/** The fault matrix: every fault that we know of, in each phase of a request. */
export const ROWS: readonly Row[] = [...CREATE_ROWS, ...QUERY_ROWS, ...DOWNLOAD_ROWS, ...OTHER_ROWS];

/** Whether `npm test` runs a row, without callbacks. `npm run test:long` runs the others, and all with callbacks. */
export function isInShortRun({ isVariant = false }: Row): boolean {
  return !isVariant;
}
