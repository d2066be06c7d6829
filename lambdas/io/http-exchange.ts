import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Exchange } from '../core/minimax-answer.ts';

const MAX_ANSWER_BYTES = 1_000_000;

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
  let received: IncomingMessage | undefined;
  request.on('error', (error) => {
    // Whatever comes behind a whole answer does not undo it.
    if (received?.complete === true) return;
    const reason = timeout.aborted ? `no answer within ${timeoutMs / 1000} s` : reasonOf(error);
    resolve({ outcome: isConnected ? 'unanswered' : 'never sent', reason });
  });
  // All that Node says of a 101, which nobody has asked for.
  request.once('close', () => {
    if (received === undefined) resolve({ outcome: 'unanswered', reason: 'closed without an answer' });
  });
  request.once('response', (response) => {
    received = response;
    readAnswer(response).then(resolve, (error: unknown) => {
      request.destroy();
      const reason = `the answer broke off: ${reasonOf(error)}`;
      resolve({ outcome: 'unanswered', reason, ...traceOf(response) });
    });
  });
  request.end(body);
  return promise;
}

async function readAnswer(response: IncomingMessage): Promise<Exchange> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`it is longer than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return {
    outcome: 'answered',
    httpStatus: response.statusCode ?? 0,
    text: Buffer.concat(chunks).toString('utf8'),
    ...traceOf(response),
  };
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
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
