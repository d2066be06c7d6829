import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout as after } from 'node:timers/promises';
import { type Listening, listen } from '../../local/loopback-server.ts';
import { mp4Head } from '../../test/harness/mp4-file.ts';

const SLICE = Buffer.alloc(65_536, 'a video is not a text ');

/** Serves `/{bytes}/{bytes a second, or 0 for no limit}.mp4`: the head of an MP4 file, and filler behind it. */
export function startOrigin(): Promise<Listening> {
  return listen(createServer(), serve, 0);
}

function serve({ url }: IncomingMessage, response: ServerResponse): void {
  const [, bytes = 0, rate = 0] = (/^\/(\d+)\/(\d+)\.mp4/.exec(url ?? '') ?? []).map(Number);
  response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': bytes, etag: `"${bytes}"` });
  Readable.from(rate === 0 ? content(bytes) : paced(content(bytes), rate), { objectMode: false }).pipe(
    response,
  );
}

function* content(bytes: number): Generator<Buffer> {
  const head = mp4Head(bytes);
  yield head;
  for (let left = bytes - head.length; left > 0; left -= SLICE.length) yield SLICE.subarray(0, left);
}

async function* paced(chunks: Iterable<Buffer>, bytesASecond: number): AsyncGenerator<Buffer> {
  const startedAt = performance.now();
  let sent = 0;
  for (const chunk of chunks) {
    const early = (sent / bytesASecond) * 1000 - (performance.now() - startedAt);
    if (early > 5) await after(early);
    sent += chunk.length;
    yield chunk;
  }
}
