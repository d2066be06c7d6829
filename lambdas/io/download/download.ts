import { type Mark, PART_BYTES } from '../../core/download/checkpoint.ts';
import { Failure } from '../../core/failure.ts';
import type { Content } from '../aws/upload-parts.ts';
import { createConnectionManager, type Source } from './connections.ts';
import { contentOf, type DownloadAttempt } from './content.ts';
import { ResumeRejected } from './range-request.ts';
import { createState, type DownloadState, formatProgress, VideoNotPlayable } from './state.ts';

/** How often a file is downloaded from its first byte. */
const MAX_ATTEMPTS = 3;

/** What a download took. */
export interface DownloadStats {
  /** How often it began at the first byte. */
  readonly attempts: number;
  /** How many connections continued a broken one. */
  readonly resumes: number;
}

/**
 * Downloads a video and passes it to `store`. It continues a broken or idle connection from the byte that was reached. Where
 * that is impossible, or the file is no video, it begins again and calls `store` with the whole file.
 * @param mark where an earlier attempt has stopped. @default at the first byte
 * @throws Failure `VideoUnreachable` when bytes are missing, `VideoRejected` when the file is too large or not allowed, and
 *   VideoNotPlayable
 */
export async function download<Stored extends object>(
  source: Source,
  store: (content: Content) => Promise<Stored>,
  signal: AbortSignal,
  mark?: Mark,
): Promise<Stored & DownloadStats> {
  const connections = createConnectionManager(source);
  const { attempts: earlier = 0, resumes: earlierResumes = 0 } = mark ?? {};
  let from = mark;
  for (let beginnings = mark === undefined ? 1 : 0; ; beginnings += 1) {
    const state = createState(from);
    const stats = (): DownloadStats => ({
      attempts: earlier + beginnings,
      resumes: earlierResumes + connections.resumes(),
    });
    // A connection must not outlive a store that has failed.
    const ending = new AbortController();
    const attempt = { state, connections, source, signal: AbortSignal.any([signal, ending.signal]) };
    const content = {
      chunks: contentOf(attempt),
      mark: () => toMark(state, stats()),
      isRest: from !== undefined,
    };
    try {
      return { ...(await store(content)), ...stats() };
    } catch (error) {
      if (signal.aborted) throw stoppedInTime(state, error);
      if (beginnings === MAX_ATTEMPTS || !beginsAgain(error, attempt)) throw error;
    } finally {
      ending.abort();
    }
    from = undefined;
  }
}

/** Whether this call downloads the file again. A large file that is no video is left to the retry of the step. */
function beginsAgain(error: unknown, { state, connections }: DownloadAttempt): boolean {
  if (error instanceof ResumeRejected) return true;
  if (!(error instanceof VideoNotPlayable) || state.bytes >= PART_BYTES) return false;
  connections.onNotPlayable();
  return true;
}

function toMark({ file, bytes, tail, scanner }: DownloadState, stats: DownloadStats): Mark {
  return { file, bytes, tail, scanner: scanner.state(), ...stats };
}

function stoppedInTime(state: DownloadState, cause: unknown): Failure {
  const { bytes, file } = state;
  if (bytes === file.totalBytes)
    return new Failure(
      'StorageUnavailable',
      `The bucket had not stored all ${bytes} bytes when the function had to stop.`,
      { cause },
    );
  return new Failure(
    'VideoUnreachable',
    `The copy was stopped after ${formatProgress(state)}, before the function ran out of time.`,
    { cause },
  );
}
