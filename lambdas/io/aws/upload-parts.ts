import { type Mark, PART_BYTES } from '../../core/download/checkpoint.ts';
import { createHasher, type Measured } from './hashing.ts';

/** A file, or the rest of one. No chunk crosses a multiple of `PART_BYTES` of the file. */
export interface Content {
  /** Ends only when the video is complete and playable; throws otherwise. */
  readonly chunks: AsyncIterable<Buffer>;
  /** The state of the download directly after the newest chunk. */
  readonly mark: () => Mark;
  /** Whether the content continues an earlier download, from its mark. */
  readonly isRest: boolean;
}

/** One part of the upload. */
export interface Part {
  readonly number: number;
  readonly body: Buffer;
  /** The state of the download directly after this part; undefined after a part that is not full. */
  readonly mark: Mark | undefined;
  readonly isLast: boolean;
  /** Returns the memory of the body, so that another part can use it. */
  readonly release: () => void;
}

/** The content cut into parts. */
export interface Parts {
  readonly all: AsyncGenerator<Part>;
  /** Undefined for the rest of a file. */
  readonly result: () => Measured | undefined;
}

/** @param before the number of parts that are stored already; with 0 there is at least one part, which may be empty */
export function toParts(content: Content, before: number): Parts {
  const hasher = content.isRest ? undefined : createHasher();
  return { all: partsOf(content, before, (chunk) => hasher?.add(chunk)), result: () => hasher?.result() };
}

/** Yields a part only when it is known whether another one follows. */
async function* partsOf(
  content: Content,
  before: number,
  onChunk: (chunk: Buffer) => void,
): AsyncGenerator<Part> {
  const memory = createMemory();
  let number = before + 1;
  let body = memory.take();
  let filled = 0;
  let mark: Mark | undefined;
  const part = (isLast: boolean): Part => {
    const own = body;
    return { number, body: own.subarray(0, filled), mark, isLast, release: () => memory.release(own) };
  };
  for await (const chunk of content.chunks) {
    onChunk(chunk);
    for (let at = 0; at < chunk.length; ) {
      if (filled === PART_BYTES) {
        yield part(false);
        number += 1;
        body = memory.take();
        filled = 0;
        mark = undefined;
      }
      const taken = chunk.copy(body, filled, at);
      filled += taken;
      at += taken;
    }
    if (filled === PART_BYTES) mark = content.mark();
  }
  if (filled > 0 || number === 1) yield part(true);
}

/** Buffers that are used again. A new one for each part is slower and takes more memory. */
function createMemory() {
  const free: Buffer[] = [];
  return {
    take: (): Buffer => free.pop() ?? Buffer.allocUnsafeSlow(PART_BYTES),
    release: (memory: Buffer): void => void free.push(memory),
  };
}
