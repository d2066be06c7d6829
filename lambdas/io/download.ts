import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { Failure } from '../core/failure.ts';
import { CannotResume, createDownloadLine, type DownloadLine, type Source } from './download-line.ts';
import {
  nothingYet,
  type Progress,
  reached,
  refuseUnlessMp4,
  take,
  whyNotWhole,
} from './download-progress.ts';
import { reasonOf } from './http-exchange.ts';

/** How often a file is begun from its first byte. */
const MAX_ATTEMPTS = 3;

/** What it took to get a file. */
export interface Effort {
  /** How often it was begun from its first byte. */
  readonly attempts: number;
  /** How many broken connections were continued by another. */
  readonly resumes: number;
}

/**
 * Gets a video and hands it to `store`. A connection that breaks or goes silent is continued by another from the byte that
 * was reached; where that is not possible, `store` is called again. The content ends only when the video is whole, and
 * breaks otherwise.
 * @throws Failure `VideoUnreachable` when it is short, `VideoRejected` when it is no MP4, too large, or not to be had from there
 */
export async function download<Stored extends object>(
  source: Source,
  store: (content: Readable) => Promise<Stored>,
  signal: AbortSignal,
): Promise<Stored & Effort> {
  const line = createDownloadLine(source);
  for (let attempts = 1; ; attempts += 1) {
    const progress = nothingYet();
    // Without it, a connection that is waited for would outlive a store that has given up.
    const over = new AbortController();
    const content = contentOf({ progress, line, source, signal: AbortSignal.any([signal, over.signal]) });
    try {
      const stored = await store(Readable.from(content, { objectMode: false }));
      return { ...stored, attempts, resumes: line.resumes() };
    } catch (error) {
      if (signal.aborted) throw stoppedInTime(progress);
      if (!(error instanceof CannotResume) || attempts === MAX_ATTEMPTS) throw error;
    } finally {
      over.abort();
    }
  }
}

interface Attempt {
  readonly progress: Progress;
  readonly line: DownloadLine;
  readonly source: Source;
  readonly signal: AbortSignal;
}

async function* contentOf(attempt: Attempt): AsyncGenerator<Buffer> {
  const { progress, line, signal } = attempt;
  for (;;) {
    const why = yield* contentOfConnection(await line.open(progress, signal), attempt);
    if (why === undefined) break;
    line.hasBroken(why);
  }
  refuseUnlessMp4(progress);
}

/** Gives why the file is not whole when the connection has no more, or nothing when it is. */
async function* contentOfConnection(
  response: IncomingMessage,
  { progress, line, source }: Attempt,
): AsyncGenerator<Buffer, string | undefined> {
  const chunks = response[Symbol.asyncIterator]();
  let known = response.statusCode === 206 ? progress.tail : Buffer.alloc(0);
  try {
    for (;;) {
      const next = await nextOf(chunks, response, source.idleSeconds);
      if (next === undefined) return whyNotWhole(progress);
      if (next instanceof Error) return `it broke off after ${reached(progress)}: ${reasonOf(next)}`;
      if (!next.subarray(0, known.length).equals(known.subarray(0, next.length)))
        throw new CannotResume('its rest does not go on where it had broken off');
      const fresh = next.subarray(known.length);
      known = known.subarray(next.length);
      if (fresh.length === 0) continue;
      if (progress.bytes + fresh.length > (progress.file.totalBytes ?? Number.POSITIVE_INFINITY))
        throw new CannotResume(`more came than the ${progress.file.totalBytes} bytes that were promised`);
      line.hasBrought();
      take(progress, fresh, source.maxMegabytes);
      yield fresh;
    }
  } finally {
    response.destroy();
  }
}

/**
 * The next chunk, nothing at the end, or how the connection broke. It is silent when it brings nothing while it is waited
 * for; while the bucket is busy, nobody waits.
 */
async function nextOf(
  chunks: AsyncIterator<Buffer, undefined>,
  response: IncomingMessage,
  idleSeconds: number,
): Promise<Buffer | Error | undefined> {
  const silent = (): void => void response.destroy(new Error(`no byte for ${idleSeconds} s`));
  const timer = setTimeout(silent, idleSeconds * 1000);
  return chunks
    .next()
    .then(
      ({ value }) => value,
      (error: Error) => error,
    )
    .finally(() => clearTimeout(timer));
}

function stoppedInTime(progress: Progress): Failure {
  const { bytes, file } = progress;
  if (bytes === file.totalBytes)
    return new Failure(
      'StorageUnavailable',
      `The bucket had not taken all ${bytes} bytes when the function had to stop.`,
    );
  return new Failure(
    'VideoUnreachable',
    `The copy was stopped after ${reached(progress)}, before the function ran out of time.`,
  );
}
