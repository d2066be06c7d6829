import type { APIGatewayProxyEvent } from 'aws-lambda';
import { LISTED_STATUSES, type ListedVideo, type VideoList } from './core/answer.ts';
import { isExecutionName } from './core/execution-name.ts';
import { quoted } from './core/plain-text.ts';
import { badParameter, Refusal } from './core/problem.ts';
import { apiCall, jsonReply } from './io/api-call.ts';
import { createBucket } from './io/bucket.ts';
import { readEnvironment } from './io/environment.ts';
import { createExecutions, type ListedExecution } from './io/executions.ts';
import { createForgottenVideos } from './io/forgotten-videos.ts';
import { createJobRecords } from './io/job-record.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const PARAMETERS: readonly string[] = ['status', 'limit', 'cursor'];

/** Step Functions' tokens have at most 3096 characters; in base64url they are a third longer. */
const MAX_CURSOR_CHARACTERS = (3097 * 4) / 3;

const environment = readEnvironment('list-videos');
const executions = createExecutions(environment.STATE_MACHINE_ARN);
const bucket = createBucket(environment.VIDEO_BUCKET);
const forgotten = createForgottenVideos({ bucket, records: createJobRecords(bucket), executions });

/**
 * `GET /videos`: the videos that Step Functions knows, newest first, as far as one call of it tells them; behind them those that
 * only the bucket remembers, in the order of their ids.
 */
export const handler = apiCall(async (event) => {
  const request = toPageRequest(event);
  if (request.position.in === 'bucket') return jsonReply(200, await pageOfForgotten(request));
  const { status, limit, position } = request;
  const page = await executions.list({ status, limit, nextToken: position.token });
  if (page === undefined) {
    const why = 'A cursor is valid for 24 hours with the same status and limit.';
    throw new Refusal(badParameter(`cursor is invalid or expired. ${why}`));
  }
  const videos = page.executions.map(toListedVideo);
  if (page.nextToken !== undefined || videos.length === limit) {
    const next: Position =
      page.nextToken === undefined ? { in: 'bucket' } : { in: 'step functions', token: page.nextToken };
    return jsonReply(200, { videos, next_cursor: toCursor(next) } satisfies VideoList);
  }
  const rest = await pageOfForgotten({ status, limit: limit - videos.length, position: { in: 'bucket' } });
  return jsonReply(200, { ...rest, videos: [...videos, ...rest.videos] } satisfies VideoList);
});

async function pageOfForgotten({ status, limit, position }: Page): Promise<VideoList> {
  const after = position.in === 'bucket' ? position.after : undefined;
  const { videos, lastId } = await forgotten.list({ status, limit, after });
  return {
    videos,
    next_cursor: lastId === undefined ? undefined : toCursor({ in: 'bucket', after: lastId }),
  };
}

function toListedVideo({ name, status, startDate, stopDate }: ListedExecution): ListedVideo {
  return {
    video_id: name,
    status,
    created_at: startDate.toISOString(),
    ...(stopDate === undefined ? {} : { finished_at: stopDate.toISOString() }),
  };
}

/** Where a page begins: behind this token of Step Functions, or in the bucket behind this video. */
type Position =
  | { readonly in: 'step functions'; readonly token?: string }
  | { readonly in: 'bucket'; readonly after?: string };

interface Page {
  readonly status?: ListedVideo['status'];
  readonly limit: number;
  readonly position: Position;
}

function toCursor(position: Position): string {
  const text = position.in === 'bucket' ? `b${position.after ?? ''}` : `e${position.token ?? ''}`;
  return Buffer.from(text).toString('base64url');
}

/** @throws Refusal */
function toPageRequest(event: APIGatewayProxyEvent): Page {
  const given = event.multiValueQueryStringParameters ?? {};
  const unknown = Object.keys(given).filter((name) => !PARAMETERS.includes(name));
  if (unknown.length > 0) throw wrong('A parameter', unknown[0], `known are ${PARAMETERS.join(', ')}`);
  const repeated = PARAMETERS.find((name) => (given[name]?.length ?? 0) > 1);
  if (repeated !== undefined) throw wrong(repeated, given[repeated]?.join(', '), 'it may be there once');
  const { status, limit = String(DEFAULT_LIMIT), cursor } = event.queryStringParameters ?? {};
  return {
    limit: toLimit(limit),
    status: status === undefined ? undefined : toStatus(status),
    position: cursor === undefined ? { in: 'step functions' } : toPosition(cursor),
  };
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

function toPosition(cursor: string): Position {
  if (cursor.length <= MAX_CURSOR_CHARACTERS && /^[\w-]+$/.test(cursor)) {
    const text = Buffer.from(cursor, 'base64url').toString('utf8');
    if (text.startsWith('e')) return { in: 'step functions', token: text.slice(1) };
    if (text === 'b') return { in: 'bucket' };
    if (text.startsWith('b') && isExecutionName(text.slice(1))) return { in: 'bucket', after: text.slice(1) };
  }
  throw wrong('cursor', cursor, 'allowed is the next_cursor of an earlier answer');
}

function wrong(what: string, given: string | undefined, allowed: string): Refusal {
  return new Refusal(badParameter(`${what} is ${quoted(given ?? '')}; ${allowed}.`));
}
