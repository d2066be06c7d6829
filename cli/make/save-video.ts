import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Video } from '../../lambdas/core/api/response.ts';
import { isRunning } from '../../local/state/run-folder.ts';

/**
 * Downloads a stored video. The file gets its name only when it is complete.
 * @throws Error when the download fails, has another SHA-256, or cannot be written
 */
export async function saveVideo(
  { url, sha256 }: NonNullable<Video['video']>,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  // A video that is paid for is saved even where an old file cannot be removed.
  await removeAbandoned(dirname(path)).catch(() => undefined);
  const partial = join(dirname(path), `.template-video-${process.pid}-${randomUUID()}.part`);
  const response = await fetch(url, { signal });
  if (!response.ok || response.body === null)
    throw new Error(`The stored video could not be fetched: HTTP ${response.status}.`);

  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(response.body, hashing, createWriteStream(partial));
    if (hash.digest('hex') !== sha256)
      throw new Error('The fetched file is not the stored video: its SHA-256 differs.');
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}

/** An unfinished file, with the id of the process that writes it. The name of the video is not in it: it could become too long. */
const PARTIAL = /^\.template-video-(\d+)-[\da-f-]{36}\.part$/;

/** Removes the unfinished files of killed processes. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = PARTIAL.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(folder, name), { force: true });
  }
}
