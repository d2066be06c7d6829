import { connect } from 'node:net';

/** What a connection received until it was closed or idle. */
export interface RawAnswer {
  /** Of the first answer. Undefined where there was none. */
  readonly status: number | undefined;
  readonly text: string;
}

export interface RawOptions {
  /** Resets the connection after the last byte. @default false */
  readonly isCut?: boolean;
  /** How long to wait for an answer, in milliseconds. A half request may get none. @default 5000 */
  readonly waitMs?: number;
}

/** Sends bytes unchanged, which no HTTP client does. */
export async function sendRaw(
  url: string,
  bytes: string | Buffer,
  { isCut = false, waitMs = 5_000 }: RawOptions = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const { promise, resolve } = Promise.withResolvers<void>();
  let text = '';
  const socket = connect(Number(port), hostname);
  socket.setTimeout(waitMs, resolve);
  socket.on('error', () => resolve());
  socket.on('close', () => resolve());
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    if (isWhole(text)) resolve();
  });
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, () => {
    if (isCut) socket.resetAndDestroy();
  });
  await promise;
  socket.destroy();
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]) || undefined, text };
}

/** Is the first answer complete? */
function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1];
  return length === undefined ? text.endsWith('0\r\n\r\n') : text.length >= end + 4 + Number(length);
}
