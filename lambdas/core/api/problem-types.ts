import type { RetryKind } from '../failure.ts';

export const TYPE_PREFIX = 'urn:template-video:problem:';

interface ProblemKind {
  /** @default the status of API Gateway's own response */
  readonly status?: number;
  readonly title: string;
  readonly retry: RetryKind;
}

/**
 * Every problem that the HTTPS API answers with. Its `type` is the prefix and this name. Its `retry` says what a program may do:
 * - `same_key`: send the equal request with its `Idempotency-Key`, once what `detail` names is mended. Nothing is paid twice. Where
 *   the request has no key and the problem is `unexpected` or `gateway-fault`, a video may have been started: find out first.
 * - `new_request`: no repetition of this request can be accepted, and it has started nothing. Send a corrected one with a new key.
 * - `never`: a person has to check first. `idempotency-key-reused` is one of these, because its key has a video that may be the wanted one.
 */
export const PROBLEM_KINDS = {
  'bad-request': { status: 400, title: 'The request is wrong', retry: 'new_request' },
  'access-denied': { title: 'The caller is not known or may not do this', retry: 'same_key' },
  'path-not-found': { status: 404, title: 'There is no such path', retry: 'never' },
  'video-not-found': { status: 404, title: 'There is no such video', retry: 'never' },
  'history-not-found': { status: 404, title: 'There is no history of this video', retry: 'never' },
  'task-not-found': { status: 404, title: 'There is no such task', retry: 'never' },
  'video-finished': { status: 409, title: 'The video has finished already', retry: 'never' },
  'video-not-running': {
    status: 409,
    title: 'No execution of this service works on the video',
    retry: 'never',
  },
  'request-in-progress': {
    status: 409,
    title: 'A request with this key is being accepted',
    retry: 'same_key',
  },
  'request-too-large': { status: 413, title: 'The request is too large', retry: 'new_request' },
  'unsupported-media-type': { status: 415, title: 'The body is not application/json', retry: 'new_request' },
  'idempotency-key-reused': { status: 422, title: 'This key belongs to another request', retry: 'never' },
  'too-many-requests': { status: 429, title: 'There are too many requests at the moment', retry: 'same_key' },
  'daily-limit-reached': { status: 429, title: 'There were too many videos within a day', retry: 'same_key' },
  'gateway-rejection': { title: 'API Gateway rejected the request', retry: 'never' },
  'storage-unavailable': { status: 503, title: 'The bucket could not be read', retry: 'same_key' },
  'table-unavailable': { status: 503, title: 'The table could not be read or written', retry: 'same_key' },
  unexpected: { status: 500, title: 'The service has an internal error', retry: 'same_key' },
  'gateway-fault': {
    title: 'No response from the service; the request may have been executed',
    retry: 'same_key',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type ProblemName = keyof typeof PROBLEM_KINDS;

/** A response that API Gateway gives by itself. */
export interface GatewayProblem {
  readonly kind: ProblemName;
  /** The status of the response. @default it has several */
  readonly status?: number;
  /** Replaces API Gateway's own message, which names ARNs and accounts, or does not say what to do. @default its own message */
  readonly advice?: string;
  readonly retryAfterSeconds?: number;
}

export const GATEWAY_PROBLEMS = {
  ACCESS_DENIED: {
    kind: 'access-denied',
    status: 403,
    advice: 'The caller is known but needs the permission execute-api:Invoke for this method.',
  },
  EXPIRED_TOKEN: { kind: 'access-denied', status: 403, advice: 'The credentials have expired.' },
  INVALID_API_KEY: { kind: 'access-denied', status: 403, advice: 'The x-api-key is missing or wrong.' },
  INVALID_SIGNATURE: {
    kind: 'access-denied',
    status: 403,
    advice:
      'The signature does not match: sign with Signature Version 4 for execute-api, the region of this address, and the right secret key.',
  },
  /** API Gateway gives this type also to a path and to a method that do not exist. */
  MISSING_AUTHENTICATION_TOKEN: {
    kind: 'access-denied',
    status: 403,
    advice: 'The request is not signed, or the API has no such path or method.',
  },
  UNAUTHORIZED: { kind: 'access-denied', status: 401, advice: 'The caller is not known.' },
  REQUEST_TOO_LARGE: {
    kind: 'request-too-large',
    status: 413,
    advice:
      'A request has at most 6 MB in all, with its inline images. Send larger images through POST /uploads.',
  },
  UNSUPPORTED_MEDIA_TYPE: { kind: 'unsupported-media-type', status: 415 },
  THROTTLED: { kind: 'too-many-requests', status: 429, retryAfterSeconds: 1 },
  DEFAULT_4XX: { kind: 'gateway-rejection' },
  DEFAULT_5XX: { kind: 'gateway-fault' },
} as const satisfies Readonly<Record<string, GatewayProblem>>;

export type GatewayResponseType = keyof typeof GATEWAY_PROBLEMS;
