import { CREATE_ROWS } from './create-rows.ts';
import { DOWNLOAD_ROWS } from './download-rows.ts';
import { OTHER_ROWS } from './other-rows.ts';
import { QUERY_ROWS } from './query-rows.ts';
import type { Row } from './row.ts';

/** The fault matrix: every fault that we know of, wherever it can meet a request. */
export const ROWS: readonly Row[] = [...CREATE_ROWS, ...QUERY_ROWS, ...DOWNLOAD_ROWS, ...OTHER_ROWS];
