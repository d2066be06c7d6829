import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket, Server as SocketServer } from 'node:net';
import { type GuardRules, type RequestRejection, rejectionOf, sendProblem } from './request-guard.ts';

/** A server that only this machine can reach. */
export interface Listening {
  /** As in `http://127.0.0.1:49152`. */
  readonly url: string;
  /** Stops listening and closes every connection. */
  stop(): Promise<void>;
}

export type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface GuardOptions extends GuardRules {
  /** Answers a rejected request in the form of its protocol. @default RFC 9457 */
  readonly reject?: (request: IncomingMessage, response: ServerResponse, rejection: RequestRejection) => void;
}

/** How long a request may take to send its headers. Every caller is on this machine. */
const HEADERS_TIMEOUT_MS = 10_000;

/**
 * Makes every HTTP listener of this project on this machine. The route gets only requests that `request-guard.ts` admits.
 * No request ends the process, however it is broken.
 * @param port 0 takes a free one
 */
export async function listen(
  server: Server,
  route: Route,
  port: number,
  { reject = sendProblem, ...rules }: GuardOptions = {},
): Promise<Listening> {
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  closeOnProtocolErrors(server);
  server.on('request', (request, response) => {
    // A caller that disconnects makes both streams fail. Their reader and writer get the error too.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    const rejection = rejectionOf(request, (server.address() as AddressInfo | null)?.port, rules);
    if (rejection !== undefined) return reject(request, response, rejection);
    // Without `Promise.try`, because the page of a deployed stack is served on Node 20 too.
    const answered = async (): Promise<void> => route(request, response);
    answered().catch((error: unknown) => answerFault(request, response, error));
  });
  return { url: `http://127.0.0.1:${await listenOnLoopback(server, port)}`, stop: () => stop(server) };
}

/** @param port 0 takes a free one. @returns the port */
export async function listenOnLoopback(server: SocketServer, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  // For example when the process has no file descriptor left for another connection.
  server.on('error', console.error);
  return (server.address() as AddressInfo).port;
}

/** @returns undefined where the body is longer than `maxBytes`. @throws Error where the caller disconnects */
export async function readBounded(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export async function readBody(request: IncomingMessage): Promise<string> {
  return String(await readBounded(request, Number.POSITIVE_INFINITY));
}

/** Answers a request that does not parse or that asks for a tunnel or another protocol, and closes the connection. */
function closeOnProtocolErrors(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const { bytesWritten, writable } = socket as Socket;
    // The client would read a second answer as a part of the first.
    if (error.code === 'ECONNRESET' || !writable || bytesWritten > 0) return void socket.destroy();
    closeWith(socket as Socket, STATUS_LINES[error.code ?? ''] ?? BAD_REQUEST);
  });
  for (const event of ['connect', 'upgrade'] as const) {
    server.on(event, (_request, socket) => closeWith(socket as Socket, BAD_REQUEST));
  }
}

const BAD_REQUEST = '400 Bad Request';

const STATUS_LINES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

function closeWith(socket: Socket, statusLine: string): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${statusLine}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () =>
    socket.destroy(),
  );
}

/** There is nothing to answer where the client has disconnected. */
function answerFault(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (request.errored || response.closed) return;
  console.error(error);
  if (!response.headersSent) response.writeHead(500);
  response.end();
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
