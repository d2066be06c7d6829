import type { ProblemName } from '../lambdas/core/api/problem-types.ts';
import type { Problem, Video } from '../lambdas/core/api/response.ts';
import type { FailureName, MoneySpent, RetryKind } from '../lambdas/core/failure.ts';
import { printable } from '../lambdas/core/text/plain.ts';

/** What an error is about, so that nothing that may be paid for is lost. */
export interface Subject {
  /** The video that exists. */
  readonly videoId?: string | undefined;
  /** The key under which the request was, or would have been, sent. */
  readonly idempotencyKey?: string | undefined;
  /** Whether the call waits for the video, which continues without it. */
  readonly isAwaited?: boolean;
}

interface ErrorContext extends Subject {
  readonly cause?: unknown;
}

/**
 * Every error of this client but wrong options (`TypeError`) and what your own `credentials` or callbacks throw. `switch (error.type)`
 * narrows a `ClientError`; `instanceof` and `error.name` tell the classes apart.
 */
export abstract class TemplateVideoError extends Error {
  abstract readonly type: string;
  /**
   * What a program may do. `same_key`: send the same request with the same `idempotencyKey`. `new_request`: send a corrected request
   * with a new key. `adopt`: `adopt` the `task_id`. `never`: a person has to check first.
   */
  abstract readonly retry: RetryKind;
  readonly videoId: string | undefined;
  readonly idempotencyKey: string | undefined;

  constructor(message: string, { videoId, idempotencyKey, cause }: ErrorContext) {
    super(message, { cause });
    this.videoId = videoId;
    this.idempotencyKey = idempotencyKey;
  }
}

/** The types of rejections. `other` is an answer that is no problem of this release: `problem` and `status` have what is known. */
export type ApiErrorType = ProblemName | 'other';

/** The body of a rejection, as it came. A rejection by something on the way may have a `message` only. */
export type ProblemBody = Partial<Omit<Problem, 'retry'>> & { readonly message?: string };

interface Rejection {
  readonly type: ApiErrorType;
  readonly status: number;
  readonly retry: RetryKind;
  readonly body: ProblemBody;
}

/** The API has rejected the request, and this attempt has started nothing. */
export class ApiError extends TemplateVideoError {
  override readonly name = 'ApiError';
  readonly type: ApiErrorType;
  /** Of HTTP. */
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  /** The wrong fields of the request, by their JSON Pointers. */
  readonly errors: NonNullable<Problem['errors']>;
  readonly retry: RetryKind;
  /** For a question to the operator. */
  readonly request_id: string | undefined;
  readonly problem: ProblemBody;

  constructor({ type, status, retry, body }: Rejection, subject: Subject = {}) {
    const { title = 'The request was rejected', detail = body.message, errors = [], request_id } = body;
    const issues = errors.map(
      ({ pointer, detail: why }) => `\n  ${printable(`${pointer === '' ? 'The body' : pointer} ${why}`)}`,
    );
    const request = request_id === undefined ? '' : ` Its request_id is ${request_id}.`;
    const sentence = printable(`${title} (HTTP ${status}). ${detail ?? ''}${request}`);
    super(`${sentence}${issues.join('')}`.trim(), subject);
    this.type = type;
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
    this.retry = retry;
    this.request_id = request_id;
    this.problem = body;
  }
}

interface Unanswered {
  readonly host: string;
  readonly reason: string;
  readonly mayHaveBeenReceived: boolean;
  readonly cause?: unknown;
}

/** No attempt has brought a usable answer. The cause is an `ApiError` where the last attempt was answered with one. */
export class NoResponse extends TemplateVideoError {
  override readonly name = 'NoResponse';
  readonly type = 'NoResponse';
  readonly retry = 'same_key';
  /** Whether the service may have received a request that starts or stops a video. */
  readonly mayHaveBeenReceived: boolean;

  readonly host: string;
  /** In a few words, such as `ECONNREFUSED` or `HTTP 503`. */
  readonly reason: string;

  constructor({ host, reason, mayHaveBeenReceived, cause }: Unanswered, subject: Subject = {}) {
    super(printable(`${host} gives no usable answer (${reason}).`), { ...subject, cause });
    this.host = host;
    this.reason = reason;
    this.mayHaveBeenReceived = mayHaveBeenReceived;
  }
}

/** An `AbortSignal` or `timeoutMs` has ended the call. The cause is its reason. A video that was started continues, and may be charged. */
export class Stopped extends TemplateVideoError {
  override readonly name = 'Stopped';
  readonly type = 'Stopped';
  readonly retry = 'same_key';
  /** Whether the service may have received a request that starts or stops a video. */
  readonly mayHaveBeenReceived: boolean;

  constructor(mayHaveBeenReceived: boolean, { cause, ...subject }: ErrorContext) {
    super(describeStop(mayHaveBeenReceived, subject), { ...subject, cause });
    this.mayHaveBeenReceived = mayHaveBeenReceived;
  }
}

function describeStop(mayHaveBeenReceived: boolean, subject: Subject): string {
  const { videoId, idempotencyKey, isAwaited = false } = subject;
  if (isAwaited) return `Stopped. The video ${videoId} continues, and may be charged.`;
  if (idempotencyKey === undefined) return 'Stopped.';
  if (!mayHaveBeenReceived) return 'Stopped before anything was started.';
  return `Stopped while the request was being sent. It may have been accepted: send it again with the key ${idempotencyKey}.`;
}

/** Why a video has failed, was stopped or ran out of time. */
export type VideoFailedType = FailureName | 'Cancelled' | 'TimedOut' | 'Unexpected';

/** The video has ended without a file. */
export class VideoFailed extends TemplateVideoError {
  override readonly name = 'VideoFailed';
  readonly type: VideoFailedType;
  readonly video: Video;
  readonly title: string;
  /** What happened, what it cost, and what to do. */
  readonly detail: string;
  readonly money_spent: MoneySpent;
  readonly retry: RetryKind;

  constructor(video: Video, subject: Subject = {}) {
    const { type, title, detail, money_spent, retry } = { ...UNEXPLAINED, ...video.error };
    super(printable(`${type}: ${detail}`), { ...subject, videoId: video.video_id });
    this.type = type as VideoFailedType;
    this.video = video;
    this.title = title;
    this.detail = detail;
    this.money_spent = money_spent;
    this.retry = retry;
  }
}

const UNEXPLAINED: NonNullable<Video['error']> = {
  type: 'Unexpected',
  title: 'The video has ended without a file',
  detail: 'There is no video.',
  money_spent: 'maybe',
  retry: 'never',
};

/** Every error of this client. A `switch` over its `type` narrows it. */
export type ClientError = ApiError | NoResponse | Stopped | VideoFailed;
