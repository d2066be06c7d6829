export const TYPE_PREFIX = 'urn:template-video:problem:';

interface ProblemKind {
  /** @default the status of API Gateway's own response */
  readonly status?: number;
  readonly title: string;
}

/** Every problem that the HTTPS API answers with. Its `type` is the prefix and this name. */
export const PROBLEM_KINDS = {
  'bad-request': { status: 400, title: 'The request is wrong' },
  'access-denied': { title: 'The caller is not known or may not do this' },
  'path-not-found': { status: 404, title: 'There is no such path' },
  'video-not-found': { status: 404, title: 'There is no such video' },
  'task-not-found': { status: 404, title: 'There is no such task' },
  'video-finished': { status: 409, title: 'The video has finished already' },
  'video-not-running': { status: 409, title: 'No execution of this service works on the video' },
  'request-in-progress': { status: 409, title: 'A request with this key is being accepted' },
  'request-too-large': { status: 413, title: 'The request is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is not application/json' },
  'idempotency-key-reused': { status: 422, title: 'This key belongs to another request' },
  'too-many-requests': { status: 429, title: 'There are too many requests at the moment' },
  'daily-limit-reached': { status: 429, title: 'There were too many videos within a day' },
  'gateway-rejection': { title: 'API Gateway rejected the request' },
  'storage-unavailable': { status: 503, title: 'The bucket could not be read' },
  'table-unavailable': { status: 503, title: 'The table could not be read or written' },
  unexpected: { status: 500, title: 'Something went wrong on our side' },
  'gateway-fault': { title: 'No response from the service; the request may have been executed' },
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
