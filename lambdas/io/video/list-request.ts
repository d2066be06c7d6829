import type { APIGatewayProxyEvent } from 'aws-lambda';
import { badParameter, ProblemError } from '../../core/api/problem.ts';
import { LISTED_STATUSES, type ListedVideo } from '../../core/api/response.ts';
import { quoted } from '../../core/text/plain.ts';
import { type Cursor, readCursor } from './list-cursor.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const PARAMETERS: readonly string[] = ['status', 'limit', 'cursor'];

/** What a list contains. A cursor is valid for the list that it was given for. */
export interface ListFilter {
  readonly status?: ListedVideo['status'];
  readonly limit: number;
}

export interface ListRequest {
  readonly filter: ListFilter;
  /** @default the first page */
  readonly cursor?: Cursor;
}

/** The query of `GET /videos`. @throws ProblemError */
export function toListRequest(event: APIGatewayProxyEvent): ListRequest {
  const given = event.multiValueQueryStringParameters ?? {};
  const unknown = Object.keys(given).filter((name) => !PARAMETERS.includes(name));
  if (unknown.length > 0) throw wrong('A parameter', unknown[0], `known are ${PARAMETERS.join(', ')}`);
  const repeated = PARAMETERS.find((name) => (given[name]?.length ?? 0) > 1);
  if (repeated !== undefined) throw wrong(repeated, given[repeated]?.join(', '), 'it may be there once');
  const { status, limit = String(DEFAULT_LIMIT), cursor } = event.queryStringParameters ?? {};
  const filter = { limit: toLimit(limit), status: status === undefined ? undefined : toStatus(status) };
  return { filter, cursor: cursor === undefined ? undefined : toOwnCursor(cursor, filter) };
}

function toLimit(limit: string): number {
  if (/^\d{1,3}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= MAX_LIMIT) return Number(limit);
  throw wrong('limit', limit, `allowed is a whole number from 1 to ${MAX_LIMIT}`);
}

function toStatus(status: string): ListedVideo['status'] {
  const known = LISTED_STATUSES.find((each) => each === status);
  if (known !== undefined) return known;
  const allowed = `allowed are ${LISTED_STATUSES.join(', ')}; GET /videos/{video_id} shows the stage of a running video`;
  throw wrong('status', status, allowed);
}

function toOwnCursor(text: string, { status, limit }: ListFilter): Cursor {
  const cursor = readCursor(text);
  if (cursor === undefined) throw wrong('cursor', text, 'allowed is the next_cursor of an earlier answer');
  if (cursor.status === status && cursor.limit === limit) return cursor;
  const own = `limit=${cursor.limit} and ${cursor.status === undefined ? 'no status' : `status=${cursor.status}`}`;
  throw new ProblemError(badParameter(`cursor is of a list with ${own}, and is valid with these alone.`));
}

function wrong(what: string, given: string | undefined, allowed: string): ProblemError {
  return new ProblemError(badParameter(`${what} is ${quoted(given ?? '')}; ${allowed}.`));
}
