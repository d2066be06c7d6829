import type { IncomingMessage } from 'node:http';
import { PART_BYTES } from '../../core/download/checkpoint.ts';
import { reasonOf } from '../http/send-once.ts';
import type { ConnectionManager, Source } from './connections.ts';
import { decodedChunks } from './decoded-file.ts';
import { ResumeRejected } from './range-request.ts';
import { append, assertPlayable, type DownloadState, formatProgress, truncationReason } from './state.ts';

/** One download of a file, over as many connections as it takes. */
export interface DownloadAttempt {
  readonly state: DownloadState;
  readonly connections: ConnectionManager;
  readonly source: Source;
  readonly signal: AbortSignal;
}

/** The bytes of the file from where the state is, to its end. @throws Failure of `ConnectionManager.open`, VideoNotPlayable */
export async function* contentOf(attempt: DownloadAttempt): AsyncGenerator<Buffer> {
  const { state, connections, signal } = attempt;
  for (;;) {
    const why = yield* contentOfConnection(await connections.open(state, signal), attempt);
    if (why === undefined) break;
    connections.onDisconnect(why);
  }
  assertPlayable(state);
}

/** @returns why bytes of the file are missing when the connection has ended, or undefined when none are */
async function* contentOfConnection(
  response: IncomingMessage,
  { state, connections, source }: DownloadAttempt,
): AsyncGenerator<Buffer, string | undefined> {
  const chunks = decodedChunks(response, state.file.coding);
  let repeated = state.tail;
  try {
    for (;;) {
      const next = await nextChunk(chunks, response, source.idleSeconds);
      if (next === undefined || next instanceof Error) return toReason(state, next);
      if (!next.subarray(0, repeated.length).equals(repeated.subarray(0, next.length)))
        throw new ResumeRejected('the rest that its server sends does not continue it');
      const fresh = next.subarray(repeated.length);
      repeated = repeated.subarray(next.length);
      if (fresh.length === 0) continue;
      assertPromised(state, fresh.length);
      connections.onBytes();
      for (const piece of piecesOf(fresh, state.bytes)) {
        append(state, piece, source.maxMegabytes);
        yield piece;
      }
    }
  } finally {
    response.destroy();
  }
}

function assertPromised({ bytes, file: { totalBytes } }: DownloadState, freshBytes: number): void {
  if (totalBytes !== undefined && bytes + freshBytes > totalBytes)
    throw new ResumeRejected(`its server sent more than the ${totalBytes} bytes that it had announced`);
}

/** Cuts a chunk where one part of the upload ends and the next begins. @param first where the chunk begins in the file */
function* piecesOf(chunk: Buffer, first: number): Generator<Buffer> {
  for (let at = 0; at < chunk.length; ) {
    const end = at + PART_BYTES - ((first + at) % PART_BYTES);
    yield chunk.subarray(at, end);
    at = end;
  }
}

/** A connection that breaks after the last of the promised bytes has brought all of them. */
function toReason(state: DownloadState, error: Error | undefined): string | undefined {
  const isAllHere = state.bytes === state.file.totalBytes;
  if (error === undefined || isAllHere) return truncationReason(state);
  return `it broke off after ${formatProgress(state)}: ${reasonOf(error)}`;
}

/**
 * The next chunk, undefined at the end, or the error that broke the connection. The idle time runs only during this call, so
 * that a slow bucket does not end a connection. Where the event loop was blocked, a late timer runs before the bytes are read
 * that have arrived: so it waits for the end of its turn.
 */
async function nextChunk(
  chunks: AsyncIterator<Buffer, undefined>,
  response: IncomingMessage,
  idleSeconds: number,
): Promise<Buffer | Error | undefined> {
  let isWaiting = true;
  const endIdle = (): void => {
    if (isWaiting) response.destroy(new Error(`no byte for ${idleSeconds} s`));
  };
  const timer = setTimeout(() => setImmediate(endIdle), idleSeconds * 1000);
  return chunks
    .next()
    .then(
      ({ value }) => value,
      (error: Error) => error,
    )
    .finally(() => {
      isWaiting = false;
      clearTimeout(timer);
    });
}
