import ky, { type KyResponse, type RetryOptions, type ShouldRetryState } from 'ky';
import { UserError } from '../../local/user-error.ts';
import { NoResponse } from './errors.ts';
import { toFailedAttempt } from './failed-attempt.ts';

/** An unsigned request to the HTTPS API. Each one may be repeated: a POST makes an upload address, or has an idempotency key. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Gives the headers that authorize a request. @throws UserError */
export type Authorize = (request: ApiRequest) => Promise<Readonly<Record<string, string>>>;

export interface RequestOptions {
  readonly authorize: Authorize;
  /** Ends a request, also in a pause. @default never */
  readonly signal?: AbortSignal;
  /** Called with a sentence for people before each pause. @default no sentence */
  readonly notice?: (line: string) => void;
  /** The first of the pauses between attempts; each further one is twice as long. @default 1 */
  readonly firstPauseSeconds?: number;
}

const ATTEMPTS = 5;
const MAX_PAUSE_SECONDS = 30;
const TIMEOUT_MS = 60_000;

/**
 * Sends a request, and repeats it where its answer is lost or says that it may be repeated.
 * @throws ApiError, NoResponse, and what `authorize` throws before anything was sent
 */
export async function sendApiRequest(request: ApiRequest, options: RequestOptions): Promise<KyResponse> {
  const { method, url, headers, body } = request;
  const { authorize, signal } = options;
  const attempts = createAttempts(url.host, options);

  /** Before each attempt, because a signature is valid for a few minutes. */
  async function addAuthorization(attempt: { readonly request: Request }): Promise<void> {
    for (const [name, value] of Object.entries(await authorize(request))) {
      attempt.request.headers.set(name, value);
    }
  }

  try {
    return await ky(url, {
      method,
      headers,
      body,
      signal,
      redirect: 'error',
      timeout: TIMEOUT_MS,
      fetch: fetchJson,
      hooks: { beforeRequest: [addAuthorization], beforeRetry: [addAuthorization] },
      retry: attempts.retry,
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw attempts.toError(error as Error);
  }
}

interface Attempts {
  readonly retry: RetryOptions;
  /** What the last error means for the whole request. */
  toError(error: Error): Error;
}

/** Records whether an attempt may have been received, and so may have started a video that is paid for. */
function createAttempts(
  host: string,
  { signal, notice = () => undefined, firstPauseSeconds = 1 }: RequestOptions,
): Attempts {
  let mayHaveBeenReceived = false;
  let pauseSeconds = 0;

  /** No hook of ky gets the length of its pause, so it is chosen here, where it can be announced. */
  function shouldRetry({ error, retryCount }: ShouldRetryState): boolean {
    if (signal?.aborted) return false;
    const failed = toFailedAttempt(error);
    mayHaveBeenReceived ||= failed.mayHaveBeenReceived;
    if (!failed.isRetryable) return false;
    const seconds = failed.retryAfterSeconds ?? firstPauseSeconds * 2 ** (retryCount - 1);
    pauseSeconds = Math.min(MAX_PAUSE_SECONDS, seconds);
    notice(`${host}: ${failed.reason}; try ${retryCount + 1} of ${ATTEMPTS} in ${pauseSeconds} s`);
    return true;
  }

  return {
    retry: {
      limit: ATTEMPTS - 1,
      methods: ['get', 'post'],
      delay: () => pauseSeconds * 1000,
      shouldRetry,
    },
    toError(error) {
      // Thrown by `authorize`, so this attempt was not sent.
      if (error instanceof UserError)
        return mayHaveBeenReceived ? new NoResponse(host, error.message, true) : error;
      const last = toFailedAttempt(error);
      mayHaveBeenReceived ||= last.mayHaveBeenReceived;
      return last.apiError === undefined || mayHaveBeenReceived
        ? new NoResponse(host, last.reason, mayHaveBeenReceived)
        : last.apiError;
    },
  };
}

/** Reads the whole body, so that one that ends early or is not JSON counts as a failed attempt. */
async function fetchJson(...args: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...args);
  if (response.ok) await response.clone().json();
  return response;
}
