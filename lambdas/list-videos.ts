import type { APIGatewayProxyEvent } from 'aws-lambda';
import { badParameter, ProblemError } from './core/api/problem.ts';
import { LISTED_STATUSES, type ListedVideo, type VideoList } from './core/api/response.ts';
import { quoted } from './core/text/plain.ts';
import { createBucket } from './io/aws/bucket.ts';
import { createExecutions } from './io/aws/executions.ts';
import { readEnvironment } from './io/environment.ts';
import { createJobRecords } from './io/job/job-record.ts';
import { apiHandler, jsonReply } from './io/lambda/api-handler.ts';
import { createForgottenVideos, toListedVideo } from './io/video/forgotten-videos.ts';
import { type Cursor, readCursor, toCursor } from './io/video/list-cursor.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const PARAMETERS: readonly string[] = ['status', 'limit', 'cursor'];

const environment = readEnvironment('list-videos');
const executions = createExecutions(environment.STATE_MACHINE_ARN);
const bucket = createBucket(environment.VIDEO_BUCKET);
const forgotten = createForgottenVideos({ bucket, records: createJobRecords(bucket), executions });

/**
 * `GET /videos`: the videos that Step Functions knows, newest first, as far as one call of it tells them; behind them those that
 * only the bucket remembers, in the order of their ids.
 */
export const handler = apiHandler(async (event, now) => {
  const { cursor, ...asked } = toPageRequest(event);
  const { status, limit } = asked;
  if (cursor?.place.in === 'bucket') return jsonReply(200, await pageOfForgotten(asked, cursor));
  const page = await executions.list({ status, limit, nextToken: cursor?.place.token });
  if (page === undefined) {
    const why = 'A cursor is valid for 24 hours.';
    throw new ProblemError(badParameter(`cursor is invalid or expired. ${why}`));
  }
  const videos = page.executions.map(toListedVideo);
  const since = cursor?.since ?? latest(now, page.executions[0]?.startDate);
  if (page.nextToken !== undefined) {
    const place = { in: 'step functions', token: page.nextToken } as const;
    return jsonReply(200, { videos, next_cursor: toCursor({ ...asked, since, place }) } satisfies VideoList);
  }
  const place = { in: 'bucket' } as const;
  if (videos.length === limit)
    return jsonReply(200, { videos, next_cursor: toCursor({ ...asked, since, place }) } satisfies VideoList);
  const rest = await pageOfForgotten(asked, { since, place }, limit - videos.length);
  return jsonReply(200, { ...rest, videos: [...videos, ...rest.videos] } satisfies VideoList);
});

/** The clock of Step Functions may be ahead of ours. */
function latest(now: Date, newest = now): Date {
  return newest > now ? newest : now;
}

interface Asked {
  readonly status?: ListedVideo['status'];
  readonly limit: number;
}

/** @param limit of this page. @default that of the list */
async function pageOfForgotten(
  asked: Asked,
  { since, place }: Pick<Cursor, 'since' | 'place'>,
  limit = asked.limit,
): Promise<VideoList> {
  const after = place.in === 'bucket' ? place.after : undefined;
  const { videos, lastId } = await forgotten.list({ status: asked.status, limit, after, since });
  if (lastId === undefined) return { videos };
  return { videos, next_cursor: toCursor({ ...asked, since, place: { in: 'bucket', after: lastId } }) };
}

/** @throws ProblemError */
function toPageRequest(event: APIGatewayProxyEvent): Asked & { readonly cursor?: Cursor } {
  const given = event.multiValueQueryStringParameters ?? {};
  const unknown = Object.keys(given).filter((name) => !PARAMETERS.includes(name));
  if (unknown.length > 0) throw wrong('A parameter', unknown[0], `known are ${PARAMETERS.join(', ')}`);
  const repeated = PARAMETERS.find((name) => (given[name]?.length ?? 0) > 1);
  if (repeated !== undefined) throw wrong(repeated, given[repeated]?.join(', '), 'it may be there once');
  const { status, limit = String(DEFAULT_LIMIT), cursor } = event.queryStringParameters ?? {};
  const asked = { limit: toLimit(limit), status: status === undefined ? undefined : toStatus(status) };
  return cursor === undefined ? asked : { ...asked, cursor: toOwnCursor(cursor, asked) };
}

function toLimit(limit: string): number {
  if (/^\d{1,3}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= MAX_LIMIT) return Number(limit);
  throw wrong('limit', limit, `allowed is a whole number from 1 to ${MAX_LIMIT}`);
}

function toStatus(status: string): ListedVideo['status'] {
  const known = LISTED_STATUSES.find((each) => each === status);
  if (known !== undefined) return known;
  const allowed = `allowed are ${LISTED_STATUSES.join(', ')}; what a running video is at, GET /videos/{video_id} says`;
  throw wrong('status', status, allowed);
}

function toOwnCursor(text: string, { status, limit }: Asked): Cursor {
  const cursor = readCursor(text);
  if (cursor === undefined) throw wrong('cursor', text, 'allowed is the next_cursor of an earlier answer');
  if (cursor.status === status && cursor.limit === limit) return cursor;
  const own = `limit=${cursor.limit} and ${cursor.status === undefined ? 'no status' : `status=${cursor.status}`}`;
  throw new ProblemError(badParameter(`cursor is of a list with ${own}, and is valid with these alone.`));
}

function wrong(what: string, given: string | undefined, allowed: string): ProblemError {
  return new ProblemError(badParameter(`${what} is ${quoted(given ?? '')}; ${allowed}.`));
}
