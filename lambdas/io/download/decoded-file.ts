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

/** The chunks of a file as it is, whatever coding its server has put it in. @throws Error where the coded file breaks off, or is none */
export function chunksOf(response: IncomingMessage, coding?: Coding): AsyncIterator<Buffer, undefined> {
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
  const whole = async function* (): AsyncGenerator<Buffer> {
    yield head;
    yield* { [Symbol.asyncIterator]: () => chunks };
  };
  if (isBox(head)) return yield* whole();
  const decoder = DECODERS[coding](head);
  // Whoever reads from the decoder is told of what goes wrong.
  pipeline(Readable.from(whole(), { objectMode: false }), decoder).catch(() => undefined);
  yield* decoder;
}

/** Some origins name a coding that they have not applied: an MP4 file begins with a box of less than 16 MB, which has a name. */
function isBox(head: Buffer): boolean {
  return head[0] === 0 && /^[\w ]{4}$/.test(head.toString('latin1', 4, HEAD_BYTES));
}
