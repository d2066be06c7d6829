import type { IncomingMessage } from 'node:http';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { type Coding, isWrapped } from '../../core/content-coding.ts';

const DECODERS: Readonly<Record<Coding, (head: Buffer) => Transform>> = {
  gzip: () => createGunzip(),
  deflate: (head) => (isWrapped(head) ? createInflate() : createInflateRaw()),
  br: () => createBrotliDecompress(),
};

const HEAD_BYTES = 8;

/** The chunks of a file without its content coding. @throws Error where a coded file breaks off, or does not have this coding */
export function decodedChunks(response: IncomingMessage, coding?: Coding): AsyncIterator<Buffer, undefined> {
  return coding === undefined ? response[Symbol.asyncIterator]() : decoded(response, coding);
}

async function* decoded(response: IncomingMessage, coding: Coding): AsyncGenerator<Buffer, undefined> {
  const chunks = response[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < HEAD_BYTES) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  const all = async function* (): AsyncGenerator<Buffer> {
    yield head;
    yield* { [Symbol.asyncIterator]: () => chunks };
  };
  if (isBox(head)) return yield* all();
  const decoder = DECODERS[coding](head);
  // The decoder throws the error of the pipeline too.
  pipeline(Readable.from(all(), { objectMode: false }), decoder).catch(() => undefined);
  yield* decoder;
}

/** Some servers name a coding that they have not applied. An MP4 file begins with a named box of less than 16 MB. */
function isBox(head: Buffer): boolean {
  return head[0] === 0 && /^[\w ]{4}$/.test(head.toString('latin1', 4, HEAD_BYTES));
}
