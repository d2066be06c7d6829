import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Received, RequestOutcome } from '../../core/minimax/response.ts';
import { printable, shortened } from '../../core/text/plain.ts';
import { USER_AGENT } from '../../core/version.ts';
import { connect } from './connect.ts';
import { receive } from './receive.ts';

/** Leaves most of the time to the answer. */
const CONNECT_TIMEOUT_MS = 30_000;

/** The message of an error may contain what the peer has sent. */
const MAX_REASON_CHARACTERS = 300;

/** One request. */
export interface Call {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The header fields of every request to another host. */
export const OWN_HEADERS: Readonly<Record<string, string>> = {
  'accept-encoding': 'identity',
  'user-agent': USER_AGENT,
};

/** Accepts a repeated Content-Length field. That is safe, because each answer has a connection of its own. */
const LENIENT = { maxHeaderSize: 65_536, insecureHTTPParser: true } as const;

/** Options that send a request to this URL over an open connection. */
export function overSocket(socket: Socket, { protocol }: URL): RequestOptions {
  // Without an agent, Node takes 80 for the default port of https too.
  const defaultPort = protocol === 'https:' ? 443 : 80;
  return { createConnection: () => socket, defaultPort, ...LENIENT };
}

/**
 * Sends one request once, on a connection of its own, and returns its outcome; never throws for a fault of the peer.
 * It connects before it sends anything, so that a create is in doubt only after a connection was made.
 */
export async function sendOnce(call: Call): Promise<RequestOutcome> {
  const { url, timeoutMs, signal } = call;
  const timeout = AbortSignal.timeout(timeoutMs);
  const connectMs = Math.min(timeoutMs, CONNECT_TIMEOUT_MS);
  const connectTimeout = AbortSignal.timeout(connectMs);
  try {
    const socket = await connect({ url, signal: AbortSignal.any([signal, connectTimeout]) });
    return await send(call, socket, timeout);
  } catch (error) {
    const isTimeout = !signal.aborted && connectTimeout.aborted;
    const reason = isTimeout ? `no connection within ${connectMs / 1000} s` : reasonOf(error);
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
    ...overSocket(socket, url),
    method,
    headers: { ...OWN_HEADERS, ...headers },
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
    soFar = receive(response, url, {
      onComplete: (received) => resolve({ outcome: 'answered', ...received }),
      onError: (error) => {
        fault ??= error;
        request.destroy();
      },
    });
  });
  // One turn later, all that the connection has brought is read. Node reports an unsolicited 101 only as `close`.
  request.once('close', () => setImmediate(() => resolve(brokenOff(reason(), soFar?.()))));
  request.end(body);
  return promise;
}

function brokenOff(reason: string, received: Received | undefined): RequestOutcome {
  if (received === undefined) return { outcome: 'unanswered', reason };
  const { traceId } = received;
  return { outcome: 'unanswered', reason: `the answer broke off: ${reason}`, traceId, received };
}

/** The code of a network error (`ECONNREFUSED`), which tells an operator more than its message, or the message. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError') return 'the function ran out of time';
  const reason = 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  return shortened(printable(reason), MAX_REASON_CHARACTERS);
}
