import { connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { listenOnLoopback } from '../../local/loopback-server.ts';

/** Where in an answer a connection breaks, and how. */
export interface Break {
  /** Counted from the first byte of the answer. @default `afterBodyBytes` decides */
  readonly afterHeadBytes?: number;
  /** Counted from the first byte after its header fields. @default 0 */
  readonly afterBodyBytes?: number;
  /** @default 'close' */
  readonly ending?: 'close' | 'reset' | 'stall';
}

/** A proxy between the function and a server, whose connections break as a test needs. */
export interface Wire {
  readonly url: string;
  /** From now on connects to this server, and breaks the next connections like this, in turn. */
  lead(to: string, breaks: readonly Break[], beforeConnection?: (count: number) => Promise<void>): void;
  /** How many connections were made since `lead`. */
  readonly connections: number;
  stop(): void;
}

export async function startWire(): Promise<Wire> {
  const sockets = new Set<Socket>();
  let target = { to: '', breaks: [] as readonly Break[], before: async (_count: number) => {} };
  let connections = 0;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  };
  const server = createServer(async (near) => {
    keep(near).pause();
    const nextBreak = target.breaks[connections];
    connections += 1;
    await target.before(connections);
    const farEnd = new URL(target.to);
    const far = keep(connect(Number(farEnd.port), farEnd.hostname));
    near.pipe(addressedTo(farEnd.host, port)).pipe(far);
    near.on('close', () => far.destroy());
    if (nextBreak === undefined) far.pipe(near);
    else carry(far, near, nextBreak);
  });
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}`,
    lead(to, breaks, before = async () => {}) {
      target = { to, breaks, before };
      connections = 0;
    },
    get connections() {
      return connections;
    },
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The server answers only requests with its own Host. */
function addressedTo(host: string, ownPort: number): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, Buffer.from(chunk.toString('latin1').replace(`127.0.0.1:${ownPort}`, host), 'latin1'));
    },
  });
}

/** Forwards the answer up to where the connection breaks. */
function carry(
  far: Socket,
  near: Socket,
  { afterHeadBytes, afterBodyBytes = 0, ending = 'close' }: Break,
): void {
  let head = Buffer.alloc(0);
  let left = afterHeadBytes ?? Number.POSITIVE_INFINITY;
  const finish = (): void => {
    far.destroy();
    if (ending === 'close') near.end();
    if (ending === 'reset') near.resetAndDestroy();
  };
  if (left === 0) near.once('resume', finish);
  far.on('data', (chunk) => {
    if (afterHeadBytes === undefined && left === Number.POSITIVE_INFINITY) {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      left = end + 4 + afterBodyBytes;
      forward(head);
    } else forward(chunk);
  });
  far.on('end', () => near.end());
  function forward(bytes: Buffer): void {
    const part = bytes.subarray(0, left);
    left -= part.length;
    if (left > 0) near.write(part);
    else if (part.length > 0) near.write(part, finish);
    else finish();
  }
}
