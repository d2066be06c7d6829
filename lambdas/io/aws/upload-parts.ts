import { type Mark, PART_BYTES } from '../../core/download/checkpoint.ts';
import { createMeasure, type Measured } from './measure.ts';

/** A file, or what is missing of it. No chunk reaches over a multiple of `PART_BYTES` of the file. */
export interface Content {
  /** Ends only when the video is whole and playable, and breaks otherwise. */
  readonly chunks: AsyncIterable<Buffer>;
  /** Where the download is, right behind the newest chunk. */
  readonly mark: () => Mark;
  /** Whether this goes on where the given mark is. */
  readonly isRest: boolean;
}

/** What is uploaded as one part. */
export interface Part {
  readonly number: number;
  readonly body: Buffer;
  /** Where the content was behind it; undefined behind one that is not full. */
  readonly mark: Mark | undefined;
  readonly isLast: boolean;
  /** Is called when nobody needs the body any more: its memory is filled again. */
  readonly release: () => void;
}

/** The content cut into parts. */
export interface Parts {
  readonly all: AsyncGenerator<Part>;
  /** Undefined for content that is only the rest of an object. */
  readonly result: () => Measured | undefined;
}

/** @param before how many parts are stored already: with 0, there is at least one, be it empty */
export function toParts(content: Content, before: number): Parts {
  const measure = content.isRest ? undefined : createMeasure();
  return { all: partsOf(content, before, (chunk) => measure?.add(chunk)), result: () => measure?.result() };
}

/** A part is handed on only when it is known whether another follows. */
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

/** As much as is needed at one time, and used again: to allocate it anew for each part is slower and takes more. */
function createMemory() {
  const free: Buffer[] = [];
  return {
    take: (): Buffer => free.pop() ?? Buffer.allocUnsafeSlow(PART_BYTES),
    release: (memory: Buffer): void => void free.push(memory),
  };
}
