import type { IncomingMessage } from 'node:http';
import { type Mark, PART_BYTES } from '../../core/download/checkpoint.ts';
import { Failure } from '../../core/failure.ts';
import type { Content } from '../aws/upload-parts.ts';
import { reasonOf } from '../http/send-once.ts';
import {
  type ConnectionManager,
  createConnectionManager,
  ResumeRejected,
  type Source,
} from './connections.ts';
import { chunksOf } from './decoded-file.ts';
import type { Progress } from './state.ts';
import { NotPlayable, reached, refuseUnlessPlayable, take, toProgress, truncationReason } from './state.ts';

/** How often a file is begun from its first byte. */
const MAX_ATTEMPTS = 3;

/** What it took to get a file. */
export interface DownloadStats {
  /** How often it was begun from its first byte. */
  readonly attempts: number;
  /** How many broken connections were continued by another. */
  readonly resumes: number;
}

/**
 * Gets a video and hands it to `store`. A connection that breaks or goes silent is continued by another from the byte that
 * was reached; where that is not possible, or what came is no video, `store` is called again with the whole of it.
 * @param begun how far an earlier attempt has come. @default nowhere
 * @throws Failure `VideoUnreachable` when it is short, `VideoRejected` when it is too large or not to be had from there, and
 *   NotPlayable when it is no video
 */
export async function download<Stored extends object>(
  source: Source,
  store: (content: Content) => Promise<Stored>,
  signal: AbortSignal,
  begun?: Mark,
): Promise<Stored & DownloadStats> {
  const line = createConnectionManager(source);
  const before = { attempts: begun?.attempts ?? 0, resumes: begun?.resumes ?? 0 };
  let mark = begun;
  for (let begins = begun === undefined ? 1 : 0; ; begins += 1) {
    const progress = toProgress(mark);
    const effort = (): DownloadStats => ({
      attempts: before.attempts + begins,
      resumes: before.resumes + line.resumes(),
    });
    // Without it, a connection that is waited for would outlive a store that has given up.
    const over = new AbortController();
    const attempt = { progress, line, source, signal: AbortSignal.any([signal, over.signal]) };
    const content = toContent(attempt, effort, mark !== undefined);
    try {
      return { ...(await store(content)), ...effort() };
    } catch (error) {
      if (signal.aborted) throw stoppedInTime(progress, error);
      if (begins === MAX_ATTEMPTS || !beginsAnew(error, attempt)) throw error;
    } finally {
      over.abort();
    }
    mark = undefined;
  }
}

function toContent(attempt: Attempt, effort: () => DownloadStats, isRest: boolean): Content {
  return { chunks: contentOf(attempt), mark: () => toMark(attempt.progress, effort()), isRest };
}

/** Whether the file is begun again from its first byte at once. A large one that is no video is left to a later attempt. */
function beginsAnew(error: unknown, { progress, line }: Attempt): boolean {
  if (error instanceof ResumeRejected) return true;
  if (!(error instanceof NotPlayable) || progress.bytes >= PART_BYTES) return false;
  line.hasDisappointed();
  return true;
}

function toMark({ file, bytes, tail, boxes }: Progress, effort: DownloadStats): Mark {
  return { file, bytes, tail, scanner: boxes.state(), ...effort };
}

interface Attempt {
  readonly progress: Progress;
  readonly line: ConnectionManager;
  readonly source: Source;
  readonly signal: AbortSignal;
}

async function* contentOf(attempt: Attempt): AsyncGenerator<Buffer> {
  const { progress, line, signal } = attempt;
  for (;;) {
    const why = yield* contentOfConnection(await line.open(progress, signal), attempt);
    if (why === undefined) break;
    line.onDisconnect(why);
  }
  refuseUnlessPlayable(progress);
}

/** Gives why the file is not whole when the connection has no more, or nothing when it is. */
async function* contentOfConnection(
  response: IncomingMessage,
  { progress, line, source }: Attempt,
): AsyncGenerator<Buffer, string | undefined> {
  const chunks = chunksOf(response, progress.file.coding);
  let known = progress.tail;
  try {
    for (;;) {
      const next = await nextOf(chunks, response, source.idleSeconds);
      if (next === undefined || next instanceof Error) return whyEnded(progress, next);
      if (!next.subarray(0, known.length).equals(known.subarray(0, next.length)))
        throw new ResumeRejected('its rest does not go on where it had broken off');
      const fresh = next.subarray(known.length);
      known = known.subarray(next.length);
      if (fresh.length === 0) continue;
      if (progress.bytes + fresh.length > (progress.file.totalBytes ?? Number.POSITIVE_INFINITY))
        throw new ResumeRejected(`more came than the ${progress.file.totalBytes} bytes that were promised`);
      line.onBytes();
      for (const piece of piecesOf(fresh, progress.bytes)) {
        take(progress, piece, source.maxMegabytes);
        yield piece;
      }
    }
  } finally {
    response.destroy();
  }
}

/** Cut where one part of the upload ends and the next begins. @param first where the chunk begins in the file */
function* piecesOf(chunk: Buffer, first: number): Generator<Buffer> {
  for (let at = 0; at < chunk.length; ) {
    const end = at + PART_BYTES - ((first + at) % PART_BYTES);
    yield chunk.subarray(at, end);
    at = end;
  }
}

/** A connection that breaks behind the last of the promised bytes has brought all of them. */
function whyEnded(progress: Progress, fault: Error | undefined): string | undefined {
  const isAllHere = progress.bytes === progress.file.totalBytes;
  if (fault === undefined || isAllHere) return truncationReason(progress);
  return `it broke off after ${reached(progress)}: ${reasonOf(fault)}`;
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

function stoppedInTime(progress: Progress, error: unknown): Failure {
  const { bytes, file } = progress;
  if (bytes === file.totalBytes)
    return new Failure(
      'StorageUnavailable',
      `The bucket had not taken all ${bytes} bytes when the function had to stop.`,
      { cause: error },
    );
  return new Failure(
    'VideoUnreachable',
    `The copy was stopped after ${reached(progress)}, before the function ran out of time.`,
    { cause: error },
  );
}
