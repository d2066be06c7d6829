import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { isTraceId, type Received, type RequestOutcome } from '../../core/minimax/response.ts';
import { printable, shortened } from '../../core/text/plain.ts';
import { USER_AGENT } from '../../core/version.ts';
import { connect } from './connect.ts';
import { withoutCodings } from './content-coding.ts';

const MAX_ANSWER_BYTES = 1_000_000;

/** A connection takes no longer than this, so that an answer keeps most of the time. */
const CONNECT_MS = 30_000;

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

/** What every request to others has, and how their answers are read. */
export const PLAIN: Readonly<Record<string, string>> = {
  'accept-encoding': 'identity',
  'user-agent': USER_AGENT,
};

/** A server that says twice how long its answer is means well; each answer has a connection of its own. */
const LENIENT = { maxHeaderSize: 65_536, insecureHTTPParser: true } as const;

/** How a request to this URL is sent over a connection that is there already. */
export function over(socket: Socket, { protocol }: URL): RequestOptions {
  // Without an agent, Node takes no other port for the usual one of https.
  const defaultPort = protocol === 'https:' ? 443 : 80;
  return { createConnection: () => socket, defaultPort, ...LENIENT };
}

/**
 * Sends one request once, on a connection of its own, and says what became of it; never throws for the peer's faults.
 * The connection is made before anything is sent: only when there is one, a create can be in doubt.
 */
export async function sendOnce(call: Call): Promise<RequestOutcome> {
  const { url, timeoutMs, signal } = call;
  const timeout = AbortSignal.timeout(timeoutMs);
  const connectMs = Math.min(timeoutMs, CONNECT_MS);
  const tooLong = AbortSignal.timeout(connectMs);
  try {
    const socket = await connect({ url, signal: AbortSignal.any([signal, tooLong]) });
    return await send(call, socket, timeout);
  } catch (error) {
    const isTooLong = !signal.aborted && tooLong.aborted;
    const reason = isTooLong ? `no connection within ${connectMs / 1000} s` : reasonOf(error);
    return { outcome: 'unreachable', host: url.host, reason };
  }
}

function send(
  { method, url, headers, body, timeoutMs, signal }: Call,
  socket: Socket,
  timeout: AbortSignal,
): Promise<RequestOutcome> {
  const { promise, resolve } = Promise.withResolvers<RequestOutcome>();
  const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
    ...over(socket, url),
    method,
    headers: { ...PLAIN, ...headers },
    signal: AbortSignal.any([signal, timeout]),
  });

  let soFar: (() => Received) | undefined;
  let fault: Error | undefined;
  const reason = (): string =>
    timeout.aborted
      ? `no answer within ${timeoutMs / 1000} s`
      : reasonOf(fault ?? 'closed without an answer');
  request.on('error', (error) => {
    fault ??= error;
    if (soFar === undefined) resolve({ outcome: 'unanswered', reason: reason() });
  });
  request.once('response', (response) => {
    soFar = collect(response, url, {
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
function brokenOff(reason: string, received: Received | undefined): RequestOutcome {
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
function collect(response: IncomingMessage, url: URL, { onWhole, onFault }: Reader): () => Received {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const soFar = (): Received => ({
    httpStatus: response.statusCode ?? 0,
    text: textOf(Buffer.concat(chunks), response),
    ...traceOf(response),
    ...locationOf(response, url),
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

/** Without its codings, and without a byte order mark, which a parser may ignore: RFC 8259, 8.1. */
function textOf(bytes: Buffer, { headers }: IncomingMessage): string {
  try {
    const plain = withoutCodings(bytes, headers['content-encoding'], MAX_ANSWER_BYTES);
    return new TextDecoder().decode(plain);
  } catch {
    return '';
  }
}

/** Where a redirect points, which is not followed: what was sent to one host is not meant for another. */
function locationOf({ statusCode = 0, headers }: IncomingMessage, url: URL): { readonly location?: string } {
  const { location } = headers;
  if (statusCode < 300 || statusCode > 399 || location === undefined) return {};
  return URL.canParse(location, url.href) ? { location: new URL(location, url).href } : {};
}

/** What MiniMax's support asks for. */
function traceOf({ headers }: IncomingMessage): { readonly traceId?: string } {
  const traceId = headers['trace-id'];
  return typeof traceId === 'string' && isTraceId(traceId) ? { traceId } : {};
}

/** The short name of a network fault (`ECONNREFUSED`), which says more to an operator than its sentence. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError') return 'the function ran out of time';
  const reason = 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  return shortened(printable(reason), MAX_REASON_CHARACTERS);
}
