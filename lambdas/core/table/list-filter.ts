import { createHash } from 'node:crypto';
import { isExecutionName } from '../job/video-id.ts';
import {
  type ItemKey,
  LIST_INDEXES,
  type ListNarrowing,
  type ListScope,
  POSITION,
  toPartition,
  VIDEO_SORT_KEY,
  videoItemKey,
} from './layout.ts';

/** Which videos a list has: those of a scope, narrowed by template and status, and by the time of their start. */
export interface ListFilter extends ListScope, ListNarrowing {
  /** ISO 8601 in UTC. The time itself is excluded. */
  readonly createdAfter?: string;
  /** ISO 8601 in UTC. The time itself is excluded. */
  readonly createdBefore?: string;
}

/** A query of the table. All videos that it reads are in the list. */
export interface ListQuery {
  readonly index: string;
  readonly partitionName: string;
  readonly partition: string;
  /** The lowest and the highest position of the list. */
  readonly low: string;
  readonly high: string;
}

/** @returns undefined where no time fits */
export function toListQuery(filter: ListFilter): ListQuery | undefined {
  const { index, partition } = toPartition(filter, filter);
  const { createdAfter, createdBefore } = filter;
  // In a position `#` follows the time. `$` is the next character, and the time alone comes before every position of it.
  const low = createdAfter === undefined ? '0' : `${createdAfter}$`;
  const high = createdBefore ?? '~';
  if (low > high) return undefined;
  return { index, partitionName: LIST_INDEXES[index].partition, partition, low, high };
}

/** Where a page begins: behind the video at this position. */
export interface Cursor {
  /** Of the list. A cursor is valid for this list only, so that no list continues with the cursor of another owner. */
  readonly list: string;
  readonly position: string;
}

const LIST_ID_CHARACTERS = 16;

/** Names a list: its owner and its filters. */
export function listIdOf(filter: ListFilter): string {
  const { owner, metadata, template, status, createdAfter, createdBefore } = filter;
  const parts = [owner, metadata?.key, metadata?.value, template, status, createdAfter, createdBefore];
  const text = JSON.stringify(parts.map((part) => part ?? null));
  return createHash('sha256').update(text).digest('base64url').slice(0, LIST_ID_CHARACTERS);
}

export function toCursorText({ list, position }: Cursor): string {
  return Buffer.from(`${list}${position}`).toString('base64url');
}

/** An id has 80 characters at most, of up to four bytes each. */
const MAX_CURSOR_CHARACTERS = 600;

/** @returns undefined for a text that `toCursorText` did not make */
export function readCursor(text: string): Cursor | undefined {
  if (text.length > MAX_CURSOR_CHARACTERS || !/^[\w-]+$/.test(text)) return undefined;
  const decoded = Buffer.from(text, 'base64url').toString('utf8');
  const [list, position] = [decoded.slice(0, LIST_ID_CHARACTERS), decoded.slice(LIST_ID_CHARACTERS)];
  const [, videoId = ''] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#(.+)$/s.exec(position) ?? [];
  return isExecutionName(videoId) ? { list, position } : undefined;
}

/** The keys of the item at a position, as DynamoDB wants them to continue a query behind it. */
export function toStartKey(
  { partitionName, partition }: ListQuery,
  { metadata }: ListScope,
  position: string,
): ItemKey & Readonly<Record<string, string>> {
  const videoId = position.slice(position.indexOf('#') + 1);
  const sk = metadata === undefined ? VIDEO_SORT_KEY : `metadata#${metadata.key}`;
  return { ...videoItemKey(videoId, sk), [partitionName]: partition, [POSITION]: position };
}
