import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Video } from '../lambdas/core/answer.ts';

/**
 * Downloads a stored video. The file appears under its name only when it is whole.
 * @throws Error when it cannot be had, is not the one that was stored, or cannot be written
 */
export async function saveVideo(
  { url, sha256 }: NonNullable<Video['video']>,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const partial = `${path}.${process.pid}.part`;
  const answer = await fetch(url, signal === undefined ? {} : { signal });
  if (!answer.ok || answer.body === null)
    throw new Error(`The stored video could not be fetched: HTTP ${answer.status}.`);

  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(answer.body, hashing, createWriteStream(partial));
    if (hash.digest('hex') !== sha256)
      throw new Error('The fetched video is not the stored one: its SHA-256 differs.');
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}
