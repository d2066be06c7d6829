import type { Fault } from './request.ts';

/** An error answer of the HTTPS API, as `application/problem+json` (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status?: number;
  readonly detail?: string;
  /** The wrong places of a bad body. */
  readonly errors?: readonly Fault[];
  /** What to name when asking about an unexpected fault. */
  readonly request_id?: string;
}

/** A problem whose HTTP status is known. */
export type AnsweredProblem = Problem & { readonly status: number };

const TYPE_PREFIX = 'urn:template-video:problem:';

export function badRequest(errors: readonly Fault[]): AnsweredProblem {
  return {
    type: `${TYPE_PREFIX}bad-request`,
    title: 'The request body is wrong',
    status: 400,
    detail:
      'Nothing was started and nothing is charged. Correct the fields named in errors and send it again.',
    errors,
  };
}

export function videoNotFound(videoId: string): AnsweredProblem {
  return {
    type: `${TYPE_PREFIX}video-not-found`,
    title: 'There is no such video',
    status: 404,
    detail: `No video has the id ${JSON.stringify(videoId.slice(0, 100))}. Videos are known for 90 days.`,
  };
}

export function unexpected(requestId: string): AnsweredProblem {
  return {
    type: `${TYPE_PREFIX}unexpected`,
    title: 'Something went wrong on our side',
    status: 500,
    request_id: requestId,
  };
}

/** What the gateway in front of the functions answers itself; why, it says in `detail`. */
export const GATEWAY_PROBLEMS = {
  DEFAULT_4XX: {
    type: `${TYPE_PREFIX}gateway-refusal`,
    title: 'The request was not handed on to the service',
  },
  DEFAULT_5XX: {
    type: `${TYPE_PREFIX}gateway-fault`,
    title: 'The service gave no answer; what was asked may have been started all the same',
  },
} as const satisfies Readonly<Record<string, Problem>>;
