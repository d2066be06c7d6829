import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** `md5` is in lower-case hexadecimal. */
export interface Measured {
  readonly bytes: number;
  readonly md5: string;
}

/** Writes a new file that only its owner can read. It is on disk when this resolves, and removed where the content fails. */
export async function writeMeasured(path: string, content: Buffer | Readable): Promise<Measured> {
  const hash = createHash('md5');
  let bytes = 0;
  const measuring = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const source = Buffer.isBuffer(content) ? Readable.from([content]) : content;
  try {
    await pipeline(source, measuring, createWriteStream(path, { mode: 0o600, flush: true }));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return { bytes, md5: hash.digest('hex') };
}
