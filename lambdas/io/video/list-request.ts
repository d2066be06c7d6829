import type { APIGatewayProxyEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { LISTED_STATUSES } from '../../core/api/listed-statuses.ts';
import { badParameter, ProblemError } from '../../core/api/problem.ts';
import type { ListedVideo } from '../../core/api/response.ts';
import { CLAIMING_FIELDS } from '../../core/minimax/request-kind.ts';
import type { MetadataFilter } from '../../core/table/layout.ts';
import { type ListFilter, listIdOf, readCursor, toListQuery } from '../../core/table/list-filter.ts';
import { quoted } from '../../core/text/plain.ts';
import { type Query, readQuery, toLimit } from './query.ts';

const DEFAULT_LIMIT = 20;
const METADATA_PREFIX = 'metadata.';
const PARAMETERS: readonly string[] = [
  'status',
  ...CLAIMING_FIELDS,
  'created_after',
  'created_before',
  'limit',
  'cursor',
];

export interface ListRequest {
  readonly filter: ListFilter;
  readonly limit: number;
  /** The position behind which the page begins. @default the first page */
  readonly after?: string;
}

interface Options {
  /** Whose videos are listed; null for those of everyone. */
  readonly owner: string | null;
  /** The setting `listedMetadata`. */
  readonly listedMetadata: readonly string[];
}

/** The query of `GET /videos`. @throws ProblemError */
export function toListRequest(event: APIGatewayProxyEvent, { owner, listedMetadata }: Options): ListRequest {
  const metadataNames = listedMetadata.map((key) => `${METADATA_PREFIX}${key}`);
  const query = readQuery(event, [...PARAMETERS, ...metadataNames]);
  const { status, limit, cursor } = query;
  const filter: ListFilter = {
    owner,
    metadata: toMetadata(query, metadataNames),
    template: CLAIMING_FIELDS.map((field) => query[field]).find((value) => value !== undefined),
    status: status === undefined ? undefined : toStatus(status),
    createdAfter: toTime(query, 'created_after'),
    createdBefore: toTime(query, 'created_before'),
  };
  return {
    filter,
    limit: toLimit(limit, DEFAULT_LIMIT),
    after: cursor === undefined ? undefined : toAfter(cursor, filter),
  };
}

/** One index entry has one value. */
function toMetadata(query: Query, names: readonly string[]): MetadataFilter | undefined {
  const [name, other] = names.filter((each) => query[each] !== undefined);
  if (other !== undefined)
    throw wrong(other, query[other], `it cannot be combined with ${name}: send one of the two`);
  return name === undefined
    ? undefined
    : { key: name.slice(METADATA_PREFIX.length), value: query[name] ?? '' };
}

function toStatus(status: string): ListedVideo['status'] {
  const known = LISTED_STATUSES.find((each) => each === status);
  if (known !== undefined) return known;
  const allowed = `allowed are ${LISTED_STATUSES.join(', ')}; GET /videos/{video_id} shows the stage of a running video`;
  throw wrong('status', status, allowed);
}

const timeSchema = z.iso.datetime({ offset: true });

/** @returns in UTC, with milliseconds */
function toTime(query: Query, name: 'created_after' | 'created_before'): string | undefined {
  const given = query[name];
  if (given === undefined) return undefined;
  const time = z.safeParse(timeSchema, given).success ? new Date(given).toISOString() : '';
  // A year of more than four digits would not sort as a text.
  if (/^\d{4}-/.test(time)) return time;
  throw wrong(name, given, 'allowed is a time with its time zone, as in 2026-11-27T08:00:00Z');
}

function toAfter(text: string, filter: ListFilter): string {
  const cursor = readCursor(text);
  if (cursor === undefined) throw wrong('cursor', text, 'allowed is the next_cursor of an earlier answer');
  const list = toListQuery(filter);
  const isInside = list !== undefined && list.low <= cursor.position && cursor.position <= list.high;
  if (cursor.list === listIdOf(filter) && isInside) return cursor.position;
  throw new ProblemError(
    badParameter(
      'cursor is of another list. It is valid for the caller and with the filters that it was given for.',
    ),
  );
}

function wrong(what: string, given: string | undefined, allowed: string): ProblemError {
  return new ProblemError(badParameter(`${what} is ${quoted(given ?? '')}; ${allowed}.`));
}
