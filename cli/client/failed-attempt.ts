import { isHTTPError, isNetworkError, isTimeoutError } from 'ky';
import * as z from 'zod/mini';
import { problemSchema } from '../../lambdas/core/api/response.ts';
import { ApiError } from './errors.ts';

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

/** @param error what ky has thrown, or the parser of a body */
export function toFailedAttempt(error: Error): FailedAttempt {
  if (isHTTPError(error)) return fromResponse(error.response, error.data);
  if (isTimeoutError(error)) return unanswered('no answer in time');
  if (error instanceof SyntaxError) return unanswered('its answer is not JSON');
  return fromNetworkError(isNetworkError(error) ? (error.cause as Error) : error);
}

function unanswered(reason: string): FailedAttempt {
  return { reason, isRetryable: true, mayHaveBeenReceived: true };
}

/** System calls before a request is sent. */
const BEFORE_SENDING: readonly unknown[] = ['connect', 'getaddrinfo'];

/** For a name with several addresses, the cause of what `fetch` throws has one error for each. */
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

/** Some rejections come from API Gateway, or from a proxy on the way. */
const errorBody = z.catch(
  z.partial(
    z.object({
      ...problemSchema.shape,
      type: z.string(),
      message: z.string(),
    }),
  ),
  {},
);

/** These two pass with time. A limit for the whole day does not. */
const RETRYABLE = /:(request-in-progress|too-many-requests)$/;

function fromResponse({ status, headers }: Response, data: unknown): FailedAttempt {
  const body = errorBody.parse(data);
  const isServerError = status >= 500;
  const retryAfter = Number(headers.get('retry-after'));
  return {
    apiError: new ApiError(body, status),
    reason: `HTTP ${status}`,
    isRetryable: isServerError || RETRYABLE.test(body.type ?? ''),
    mayHaveBeenReceived: isServerError,
    retryAfterSeconds: retryAfter > 0 ? retryAfter : undefined,
  };
}
