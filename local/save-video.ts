import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Video } from '../lambdas/core/video.ts';

/**
 * Downloads a stored video and gives the path of the file. The file appears under its name only when it is whole.
 * @throws Error when it cannot be had, or is not the one that was stored
 */
export async function saveVideo({ url, sha256 }: NonNullable<Video['video']>, path: string): Promise<string> {
  const absolute = resolve(path);
  const partial = `${absolute}.${process.pid}.part`;
  await mkdir(dirname(absolute), { recursive: true });
  const answer = await fetch(url);
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
    await rename(partial, absolute);
    return absolute;
  } finally {
    await rm(partial, { force: true });
  }
}
