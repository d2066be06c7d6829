import { isExecutionName } from '../../core/job/video-id.ts';

/** Where a page begins: at a `nextToken` of ListExecutions, or in the bucket after the video `after`. */
export type Place =
  | { readonly in: 'step functions'; readonly token: string }
  | { readonly in: 'bucket'; readonly after?: string };

/** The content of a `next_cursor`. */
export interface Cursor {
  /** The status and the limit of the list. A cursor is valid for this list only. */
  readonly status?: string;
  readonly limit: number;
  /** When the first page was read. An execution that started later is in no page of ListExecutions. */
  readonly since: Date;
  readonly place: Place;
}

/** A token of Step Functions has at most 3096 characters, after fewer than 60 others. Base64url makes a text a third longer. */
const MAX_CURSOR_CHARACTERS = ((3096 + 60) * 4) / 3;

export function toCursor({ status = '', limit, since, place }: Cursor): string {
  const where = place.in === 'bucket' ? `b${place.after ?? ''}` : `e${place.token}`;
  return Buffer.from([status, limit, since.getTime(), where].join(' ')).toString('base64url');
}

/** @returns undefined for a text that `toCursor` did not make */
export function readCursor(cursor: string): Cursor | undefined {
  if (cursor.length > MAX_CURSOR_CHARACTERS || !/^[\w-]+$/.test(cursor)) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const [, status = '', limit = '', since = '', where = ''] =
    /^([a-z_]*) (\d{1,3}) (\d{1,15}) (.+)$/s.exec(text) ?? [];
  const place = toPlace(where);
  if (place === undefined) return undefined;
  return {
    status: status === '' ? undefined : status,
    limit: Number(limit),
    since: new Date(Number(since)),
    place,
  };
}

function toPlace(where: string): Place | undefined {
  const rest = where.slice(1);
  if (where.startsWith('e') && rest !== '') return { in: 'step functions', token: rest };
  if (where === 'b') return { in: 'bucket' };
  return where.startsWith('b') && isExecutionName(rest) ? { in: 'bucket', after: rest } : undefined;
}
