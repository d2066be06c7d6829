import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Server as SocketServer } from 'node:net';

/** A server of this machine, reachable from this machine only. */
export interface Listening {
  /** As in `http://127.0.0.1:49152`. */
  readonly url: string;
  /** Stops listening and drops whatever is still connected. */
  stop(): Promise<void>;
}

type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** @param port 0 takes a free one */
export async function listen(server: Server, route: Route, port: number): Promise<Listening> {
  server.on('request', (request, response) => {
    Promise.resolve(route(request, response)).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  return { url: `http://127.0.0.1:${await listenOnLoopback(server, port)}`, stop: () => stop(server) };
}

/** Lets any server listen, and gives its port. @param port 0 takes a free one */
export async function listenOnLoopback(server: SocketServer, port = 0): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, '127.0.0.1', resolve);
  await promise;
  return (server.address() as AddressInfo).port;
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function stop(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}
