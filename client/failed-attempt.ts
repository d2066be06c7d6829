import { PROBLEM_KINDS, type ProblemName, TYPE_PREFIX } from '../lambdas/core/api/problem-types.ts';
import type { RetryKind } from '../lambdas/core/failure.ts';
import { ApiError, type ApiErrorType, type ProblemBody, type Subject } from './errors.ts';
import { TooSlow } from './stop.ts';

/** One attempt of a request that has brought no usable answer. */
export interface FailedAttempt {
  /** In a few words. */
  readonly reason: string;
  readonly isRetryable: boolean;
  /** Whether the service may have received, and acted on, this attempt. */
  readonly mayHaveBeenReceived: boolean;
  readonly retryAfterSeconds?: number | undefined;
  /** Where the service has answered. */
  readonly apiError?: ApiError;
}

/** @param error what `fetch` or the reader of a body has thrown */
export function fromError(error: unknown): FailedAttempt {
  if (error instanceof TooSlow) return unanswered('no answer in time');
  if (error instanceof SyntaxError) return unanswered('its answer is not JSON');
  return error instanceof Error ? fromNetworkError(error) : unanswered(String(error));
}

function unanswered(reason: string): FailedAttempt {
  return { reason, isRetryable: true, mayHaveBeenReceived: true };
}

/** System calls before a request is sent. */
const BEFORE_SENDING: readonly unknown[] = ['connect', 'getaddrinfo'];

/** For a name with several addresses, the cause of what Node's `fetch` throws has one error for each. Browsers give no cause. */
function fromNetworkError({ cause, message }: Error): FailedAttempt {
  const causes: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  const isUnsent = causes.every(
    (each) => each instanceof Error && 'syscall' in each && BEFORE_SENDING.includes(each.syscall),
  );
  return { ...unanswered(shortReason(cause) ?? message), mayHaveBeenReceived: !isUnsent };
}

function shortReason(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  return 'code' in cause ? String(cause.code) : cause.message || undefined;
}

/** These pass with time. A limit for the whole day does not. */
const PASSING: readonly ApiErrorType[] = ['request-in-progress', 'too-many-requests'];
/** The service gives these answers only where it has started nothing, although their status is of the server. */
const NOTHING_STARTED: readonly ApiErrorType[] = ['storage-unavailable', 'table-unavailable'];

/** @param text of the answer, which may be that of a proxy */
export function fromResponse(response: Response, text: string, subject: Subject = {}): FailedAttempt {
  const { status, headers } = response;
  const body = toBody(text);
  const type = toType(body.type);
  const isServerError = status >= 500;
  const isRetryable = isServerError || PASSING.includes(type) || (status === 429 && type === 'other');
  const retryAfter = Number(headers.get('retry-after'));
  return {
    apiError: new ApiError({ type, status, retry: retryOf(type, isRetryable), body }, subject),
    reason: `HTTP ${status}`,
    isRetryable,
    mayHaveBeenReceived: isServerError && !NOTHING_STARTED.includes(type),
    retryAfterSeconds: retryAfter > 0 ? retryAfter : undefined,
  };
}

/** By type, and not by the answer, so that an answer from something on the way cannot ask for a second video. */
function retryOf(type: ApiErrorType, isRetryable: boolean): RetryKind {
  if (type !== 'other') return PROBLEM_KINDS[type].retry;
  return isRetryable ? 'same_key' : 'never';
}

function toType(type = ''): ApiErrorType {
  const name = type.slice(TYPE_PREFIX.length);
  return type.startsWith(TYPE_PREFIX) && Object.hasOwn(PROBLEM_KINDS, name) ? (name as ProblemName) : 'other';
}

/** The fields that have the type which they have in a problem. */
function toBody(text: string): ProblemBody {
  const given = toObject(text);
  const isText = (value: unknown): value is string => typeof value === 'string';
  const texts = ['type', 'title', 'detail', 'request_id', 'message'] as const;
  const errors = Array.isArray(given.errors) ? given.errors : [];
  return {
    ...Object.fromEntries(texts.flatMap((name) => (isText(given[name]) ? [[name, given[name]]] : []))),
    errors: errors.filter((each) => isText(each?.pointer) && isText(each?.detail)),
  };
}

function toObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...JSON.parse(text) };
  } catch {
    return {};
  }
}
