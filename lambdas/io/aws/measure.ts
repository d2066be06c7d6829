import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';

export interface Measured {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** Takes what something consists of, chunk by chunk. */
export interface Measure {
  add(chunk: Buffer): void;
  result(): Measured;
}

export function createMeasure(): Measure {
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    add(chunk) {
      hash.update(chunk);
      bytes += chunk.length;
    },
    result: () => ({ bytes, sha256: hash.digest('hex') }),
  };
}

/** The end of a stream of which only the measure is wanted. */
export function measuring(measure: Measure): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      measure.add(chunk);
      done();
    },
  });
}
