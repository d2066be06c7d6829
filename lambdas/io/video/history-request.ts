import type { APIGatewayProxyEvent } from 'aws-lambda';
import { badParameter, ProblemError } from '../../core/api/problem.ts';
import { type Place, readCursor } from '../../core/history/place.ts';
import { quoted } from '../../core/text/plain.ts';
import { readQuery, toLimit } from './query.ts';

const DEFAULT_LIMIT = 100;

export interface HistoryRequest {
  readonly limit: number;
  /** @default the first page */
  readonly from?: Place;
}

/** The query of `GET /videos/{video_id}/history`. @throws ProblemError */
export function toHistoryRequest(event: APIGatewayProxyEvent): HistoryRequest {
  const { limit, cursor } = readQuery(event, ['limit', 'cursor']);
  return {
    limit: toLimit(limit, DEFAULT_LIMIT),
    from: cursor === undefined ? undefined : toPlace(cursor),
  };
}

function toPlace(cursor: string): Place {
  const place = readCursor(cursor);
  if (place === undefined)
    throw new ProblemError(
      badParameter(`cursor is ${quoted(cursor)}; allowed is the next_cursor of an earlier answer.`),
    );
  return place;
}

export function cursorUnknown(): ProblemError {
  return new ProblemError(
    badParameter(
      'cursor is older than a day, or of another history. Ask for the first page, without a cursor.',
    ),
  );
}
