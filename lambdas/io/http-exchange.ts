import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Exchange, Received } from '../core/minimax-answer.ts';
import { printable, shortened } from '../core/plain-text.ts';

const MAX_ANSWER_BYTES = 1_000_000;

/** An error's own sentence may hold what the peer has sent. */
const MAX_REASON_CHARACTERS = 300;

/** One request, as it is to be sent once. */
export interface Call {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Sends one request once, on a connection of its own, and says what became of it; never throws for the peer's faults.
 * `node:http` rather than `fetch`, because it tells whether the connection was ever made: only then a create is in doubt.
 */
export function exchange({ method, url, headers, body, timeoutMs, signal }: Call): Promise<Exchange> {
  const { promise, resolve } = Promise.withResolvers<Exchange>();
  const isSecure = url.protocol === 'https:';
  const timeout = AbortSignal.timeout(timeoutMs);
  const options: RequestOptions = {
    method,
    headers,
    agent: false,
    signal: AbortSignal.any([signal, timeout]),
  };
  const request = isSecure ? httpsRequest(url, options) : httpRequest(url, options);

  let isConnected = false;
  request.once('socket', (socket) => {
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      isConnected = true;
    });
  });
  let soFar: (() => Received) | undefined;
  let fault: Error | undefined;
  const reason = (): string =>
    timeout.aborted
      ? `no answer within ${timeoutMs / 1000} s`
      : reasonOf(fault ?? 'closed without an answer');
  request.on('error', (error) => {
    fault ??= error;
    if (soFar === undefined)
      resolve({ outcome: isConnected ? 'unanswered' : 'never sent', reason: reason() });
  });
  request.once('response', (response) => {
    soFar = collect(response, {
      onWhole: (received) => resolve({ outcome: 'answered', ...received }),
      onFault: (error) => {
        fault ??= error;
        request.destroy();
      },
    });
  });
  // By the turn after this, all that the connection has brought has been read. Of a 101 Node says nothing else.
  request.once('close', () => setImmediate(() => resolve(brokenOff(reason(), soFar?.()))));
  request.end(body);
  return promise;
}

/** What is there when nothing more will come. */
function brokenOff(reason: string, received: Received | undefined): Exchange {
  if (received === undefined) return { outcome: 'unanswered', reason };
  const { traceId } = received;
  return {
    outcome: 'unanswered',
    reason: `the answer broke off: ${reason}`,
    ...(traceId === undefined ? {} : { traceId }),
    received,
  };
}

interface Reader {
  readonly onWhole: (received: Received) => void;
  readonly onFault: (error: Error) => void;
}

/**
 * Reads an answer as it comes, so that nothing of it is lost when it breaks off; whatever comes behind a whole one does not
 * undo it. @returns what has come so far
 */
function collect(response: IncomingMessage, { onWhole, onFault }: Reader): () => Received {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const soFar = (): Received => ({
    httpStatus: response.statusCode ?? 0,
    text: Buffer.concat(chunks).toString('utf8'),
    ...traceOf(response),
  });
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) onFault(new Error(`it is longer than ${MAX_ANSWER_BYTES} bytes`));
    else chunks.push(chunk);
  });
  response.on('error', onFault);
  response.once('end', () => {
    if (response.complete && bytes <= MAX_ANSWER_BYTES) onWhole(soFar());
  });
  return soFar;
}

/** What MiniMax's support asks for; anything that does not look like it is left out. */
function traceOf({ headers }: IncomingMessage): { readonly traceId?: string } {
  const traceId = headers['trace-id'];
  return typeof traceId === 'string' && /^[\w.:-]{1,128}$/.test(traceId) ? { traceId } : {};
}

/** The short name of a network fault (`ECONNREFUSED`), which says more to an operator than its sentence. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError') return 'the function ran out of time';
  const reason = 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  return shortened(printable(reason), MAX_REASON_CHARACTERS);
}
