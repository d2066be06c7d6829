import type { ApiRequest, Authorize } from './authorize.ts';
import { NoResponse, Stopped, type Subject } from './errors.ts';
import { type FailedAttempt, fromError, fromResponse } from './failed-attempt.ts';
import { textOf } from './limited-text.ts';
import type { ClientOptions } from './options.ts';
import { pause, type Signals, stoppedBy, untilStopped } from './stop.ts';

/** How the requests of a client are sent. */
export interface Channel
  extends Pick<ClientOptions, 'fetch' | 'onRetry' | 'signal' | 'timeoutMs' | 'firstPauseMs'> {
  readonly authorize: Authorize;
}

export interface SendOptions {
  readonly subject?: Subject;
  readonly signals?: Signals;
  /** @default 5 */
  readonly attempts?: number | undefined;
  /** Whether a request that is received starts and stops nothing, so that no answer needs to be guessed. @default that of a GET */
  readonly isHarmless?: boolean;
}

export interface Answer {
  readonly headers: Headers;
  /** JSON, which is not checked yet. */
  readonly body: unknown;
}

const ATTEMPTS = 5;
const MAX_PAUSE_SECONDS = 30;
const TIMEOUT_MS = 60_000;

/**
 * Sends a request, and repeats it where its answer is lost or says that it may be repeated.
 * @throws ApiError, NoResponse, Stopped, and what `authorize` throws before anything was sent
 */
export async function send(
  request: ApiRequest,
  channel: Channel,
  options: SendOptions = {},
): Promise<Answer> {
  const { subject = {}, attempts = ATTEMPTS, isHarmless = request.method === 'GET' } = options;
  const { host } = request.url;
  const signals = [channel.signal, ...(options.signals ?? [])];
  let mayHaveBeenReceived = false;

  /** The error of the whole request, where no attempt follows. */
  function toError({ reason, apiError }: FailedAttempt): Error {
    if (apiError !== undefined && !mayHaveBeenReceived) return apiError;
    const said = apiError?.detail ?? apiError?.problem.title;
    const why = said === undefined ? reason : `${reason}: ${said}`;
    return new NoResponse({ host, reason: why, mayHaveBeenReceived, cause: apiError }, subject);
  }

  function stopped(isSending: boolean): Stopped {
    const cause = stoppedBy(signals)?.reason;
    return new Stopped(mayHaveBeenReceived || (isSending && !isHarmless), { ...subject, cause });
  }

  async function authorized(): Promise<ApiRequest> {
    // A provider of credentials may wait for a person.
    const authorizing = untilStopped(signals, undefined, () => channel.authorize(request));
    const headers = await authorizing.catch((error: Error) => {
      if (stoppedBy(signals) !== undefined) throw stopped(false);
      if (!mayHaveBeenReceived) throw error;
      throw new NoResponse({ host, reason: error.message, mayHaveBeenReceived, cause: error }, subject);
    });
    return { ...request, headers };
  }

  async function pauseBefore(attempt: number, failed: FailedAttempt): Promise<void> {
    const pauseSeconds = pauseAfter(attempt - 1, failed, channel);
    const last = Number.isFinite(attempts) ? attempts : undefined;
    const { reason } = failed;
    const { videoId, idempotencyKey } = subject;
    channel.onRetry?.({ host, reason, attempt, attempts: last, pauseSeconds, videoId, idempotencyKey });
    await pause(pauseSeconds * 1000, signals).catch(() => {
      throw stopped(false);
    });
  }

  for (let attempt = 1; ; attempt += 1) {
    // Before each attempt, because a signature is valid for a few minutes.
    const ready = await authorized();
    const tried = await sendOnce(ready, channel, { subject, signals });
    if ('body' in tried) return tried;
    if (stoppedBy(signals) !== undefined) throw stopped(true);
    mayHaveBeenReceived ||= tried.mayHaveBeenReceived && !isHarmless;
    if (!tried.isRetryable || attempt >= attempts) throw toError(tried);
    await pauseBefore(attempt + 1, tried);
  }
}

function pauseAfter(
  attempt: number,
  { retryAfterSeconds }: FailedAttempt,
  { firstPauseMs = 1000 }: Channel,
): number {
  return Math.min(MAX_PAUSE_SECONDS, retryAfterSeconds ?? (firstPauseMs / 1000) * 2 ** (attempt - 1));
}

/** Reads the whole body, so that one that ends early or is not JSON counts as a failed attempt. */
async function sendOnce(
  { method, url, headers, body }: ApiRequest,
  { fetch: fetchOwn, timeoutMs = TIMEOUT_MS }: Channel,
  { subject, signals = [] }: SendOptions,
): Promise<Answer | FailedAttempt> {
  // A method of another object would be called with a wrong `this`, which browsers reject.
  const fetchIt: typeof fetch = fetchOwn ?? ((...args) => fetch(...args));
  try {
    return await untilStopped(signals, timeoutMs, async (signal) => {
      const response = await fetchIt(url.href, { method, headers, body, signal, redirect: 'error' });
      if (!response.ok) return fromResponse(response, await textOf(response).catch(() => ''), subject);
      return { headers: response.headers, body: JSON.parse(await textOf(response)) };
    });
  } catch (error) {
    return fromError(error);
  }
}
