import type { APIGatewayProxyEvent } from 'aws-lambda';
import { LISTED_STATUSES, type ListedVideo, type VideoList } from './core/answer.ts';
import { quoted } from './core/plain-text.ts';
import { badParameter, Refusal } from './core/problem.ts';
import { apiCall, jsonReply } from './io/api-call.ts';
import { readEnvironment } from './io/environment.ts';
import { createExecutions, type ListedExecution, type PageRequest } from './io/executions.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const PARAMETERS: readonly string[] = ['status', 'limit', 'cursor'];

/** Step Functions' tokens have at most 3096 characters; in base64url they are a third longer. */
const MAX_CURSOR_CHARACTERS = (3096 * 4) / 3;

const environment = readEnvironment('list-videos');
const executions = createExecutions(environment.STATE_MACHINE_ARN);

/** `GET /videos`: the videos of the last 90 days, newest first, as far as one call of Step Functions knows them. */
export const handler = apiCall(async (event) => {
  const page = await executions.list(toPageRequest(event));
  if (page === undefined)
    throw new Refusal(
      badParameter(
        'cursor is not, or no longer, one of this list: it goes with the same status and limit, and is good for a day.',
      ),
    );
  const list: VideoList = {
    videos: page.executions.map(toListedVideo),
    ...(page.nextToken === undefined
      ? {}
      : { next_cursor: Buffer.from(page.nextToken).toString('base64url') }),
  };
  return jsonReply(200, list);
});

function toListedVideo({ name, status, startDate, stopDate }: ListedExecution): ListedVideo {
  return {
    video_id: name,
    status,
    created_at: startDate.toISOString(),
    ...(stopDate === undefined ? {} : { finished_at: stopDate.toISOString() }),
  };
}

/** @throws Refusal */
function toPageRequest(event: APIGatewayProxyEvent): PageRequest {
  const given = event.multiValueQueryStringParameters ?? {};
  const unknown = Object.keys(given).filter((name) => !PARAMETERS.includes(name));
  if (unknown.length > 0) throw wrong('A parameter', unknown[0], `known are ${PARAMETERS.join(', ')}`);
  const repeated = PARAMETERS.find((name) => (given[name]?.length ?? 0) > 1);
  if (repeated !== undefined) throw wrong(repeated, given[repeated]?.join(', '), 'it may be there once');
  const { status, limit = String(DEFAULT_LIMIT), cursor } = event.queryStringParameters ?? {};
  return {
    limit: toLimit(limit),
    ...(status === undefined ? {} : { status: toStatus(status) }),
    ...(cursor === undefined ? {} : { nextToken: toToken(cursor) }),
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

function toToken(cursor: string): string {
  if (cursor.length <= MAX_CURSOR_CHARACTERS && /^[\w-]+$/.test(cursor))
    return Buffer.from(cursor, 'base64url').toString('utf8');
  throw wrong('cursor', cursor, 'allowed is the next_cursor of an earlier answer');
}

function wrong(what: string, given: string | undefined, allowed: string): Refusal {
  return new Refusal(badParameter(`${what} is ${quoted(given ?? '')}; ${allowed}.`));
}
