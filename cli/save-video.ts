import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Video } from '../lambdas/core/api/response.ts';
import { isRunning } from '../local/state/run-folder.ts';

/**
 * Downloads a stored video. The file appears under its name only when it is whole.
 * @throws Error when it cannot be had, is not the one that was stored, or cannot be written
 */
export async function saveVideo(
  { url, sha256 }: NonNullable<Video['video']>,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  // What cannot be removed must not keep a video from being saved that was paid for.
  await removeAbandoned(dirname(path)).catch(() => undefined);
  const partial = `${path}.template-video-${process.pid}.part`;
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

/** A video on its way, with the id of the process that writes it. */
const PARTIAL = /\.mp4\.template-video-(\d+)\.part$/i;

/** Removes what killed runs have left in the folder of a video. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = PARTIAL.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(folder, name), { force: true });
  }
}
