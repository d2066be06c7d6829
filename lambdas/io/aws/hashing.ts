import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';

export interface Measured {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** Measures content chunk by chunk. */
export interface Hasher {
  add(chunk: Buffer): void;
  result(): Measured;
}

export function createHasher(): Hasher {
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

/** A stream that gives its content to the hasher, and keeps nothing. */
export function createHashingStream(hasher: Hasher): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      hasher.add(chunk);
      done();
    },
  });
}
