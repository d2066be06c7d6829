import { connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { listenOnLoopback } from '../../local/loopback-server.ts';

/** Where in an answer a connection ends, and how. */
export interface Break {
  /** Counted from the first byte of the answer, */
  readonly afterHeadBytes?: number;
  /** or from the first byte behind its header fields. */
  readonly afterBodyBytes?: number;
  /** @default 'close' */
  readonly ending?: 'close' | 'reset' | 'silence';
}

/** A connection in between, which breaks as it is told. */
export interface Wire {
  readonly url: string;
  /** Connects to this server from now on, and breaks the next connections like this, one after the other. */
  lead(to: string, breaks: readonly Break[], beforeConnection?: (count: number) => Promise<void>): void;
  /** How many connections were made since. */
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

/** The far end answers only what names it as the host. */
function addressedTo(host: string, ownPort: number): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, Buffer.from(chunk.toString('latin1').replace(`127.0.0.1:${ownPort}`, host), 'latin1'));
    },
  });
}

/** Hands on what comes from afar, up to where the connection is to break. */
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
