import ky, { type KyResponse } from 'ky';
import { UserError } from '../../local/user-error.ts';
import { NoResponse } from './errors.ts';
import { type FailedAttempt, toFailedAttempt } from './failed-attempt.ts';

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
export async function sendApiRequest(
  request: ApiRequest,
  { authorize, signal, notice = () => undefined, firstPauseSeconds = 1 }: RequestOptions,
): Promise<KyResponse> {
  const { method, url, headers, body } = request;
  let mayHaveBeenReceived = false;
  let pauseSeconds = 0;

  /** ky tells no hook how long it pauses, so the pause is chosen here, where it can be announced. */
  function mayRepeat(error: Error, retryCount: number): boolean {
    if (signal?.aborted) return false;
    const failed = toFailedAttempt(error);
    mayHaveBeenReceived ||= failed.mayHaveBeenReceived;
    if (!failed.isRetryable) return false;
    const seconds = failed.retryAfterSeconds ?? firstPauseSeconds * 2 ** (retryCount - 1);
    pauseSeconds = Math.min(MAX_PAUSE_SECONDS, seconds);
    notice(`${url.host}: ${failed.reason}; try ${retryCount + 1} of ${ATTEMPTS} in ${pauseSeconds} s`);
    return true;
  }

  /** Before each attempt, because a signature holds for a few minutes. */
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
      retry: {
        limit: ATTEMPTS - 1,
        methods: ['get', 'post'],
        delay: () => pauseSeconds * 1000,
        shouldRetry: ({ error, retryCount }) => mayRepeat(error, retryCount),
      },
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw toError(url.host, error as Error, mayHaveBeenReceived);
  }
}

/** Reads the whole body, so that one that ends early or is not JSON counts as a failed attempt. */
async function fetchJson(...args: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...args);
  if (response.ok) await response.clone().json();
  return response;
}

/** An error of the API counts only where no attempt may have been accepted. */
function toError(host: string, error: Error, wasPerhapsReceived: boolean): Error {
  if (error instanceof UserError)
    return wasPerhapsReceived ? new NoResponse(host, error.message, true) : error;
  const { apiError, reason, ...last }: FailedAttempt = toFailedAttempt(error);
  const mayHaveBeenReceived = wasPerhapsReceived || last.mayHaveBeenReceived;
  return apiError === undefined || mayHaveBeenReceived
    ? new NoResponse(host, reason, mayHaveBeenReceived)
    : apiError;
}
