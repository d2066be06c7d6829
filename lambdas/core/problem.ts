import type { Fault } from './request.ts';

/** An error answer of the HTTPS API, as `application/problem+json` (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  /** The wrong places of a bad body. */
  readonly errors?: readonly Fault[];
  /** What to name when asking about an unexpected fault. */
  readonly request_id?: string;
}

const TYPE_PREFIX = 'urn:template-video:problem:';

export function badRequest(errors: readonly Fault[]): Problem {
  return {
    type: `${TYPE_PREFIX}bad-request`,
    title: 'The request body is wrong',
    status: 400,
    detail:
      'Nothing was started and nothing is charged. Correct the fields named in errors and send it again.',
    errors,
  };
}

export function videoNotFound(videoId: string): Problem {
  return {
    type: `${TYPE_PREFIX}video-not-found`,
    title: 'There is no such video',
    status: 404,
    detail: `No video has the id ${JSON.stringify(videoId.slice(0, 100))}. Videos are known for 90 days.`,
  };
}

export function unexpected(requestId: string): Problem {
  return {
    type: `${TYPE_PREFIX}unexpected`,
    title: 'Something went wrong on our side',
    status: 500,
    request_id: requestId,
  };
}

/** A request that never reached a function: refused by the gateway in front of it. */
export function refusedByGateway(status: number, title: string): Problem {
  return { type: `${TYPE_PREFIX}gateway`, title, status };
}
