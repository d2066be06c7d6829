import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { listenOnLoopback } from '../../local/loopback-server.ts';

/** A server that handles the bytes of a connection as the test says, and counts the connections that sent any. */
export async function startRawPeer(
  answer: (socket: Socket, head: string) => void,
): Promise<{ host: string; requests: () => number }> {
  let requests = 0;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (first: Buffer) => {
      requests += 1;
      answer(socket, first.toString('latin1'));
    });
  });
  const port = await listenOnLoopback(server);
  onTestFinished(() => void server.close());
  return { host: `http://127.0.0.1:${port}`, requests: () => requests };
}
