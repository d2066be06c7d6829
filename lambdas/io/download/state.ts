import type { Mark } from '../../core/download/checkpoint.ts';
import type { RemoteFile } from '../../core/download/remote-file.ts';
import { RetryableError } from '../../core/download/retryable.ts';
import { Failure } from '../../core/failure.ts';
import { createMp4BoxScanner, type Mp4BoxScanner } from '../../core/mp4/scanner.ts';

/** A resumed download asks for these bytes again and compares them, because the link may lead to another file by now. */
const TAIL_BYTES = 1024;
const BYTES_A_MEGABYTE = 1_000_000;

/** How far a download has come, from the first byte of the file. */
export interface DownloadState {
  file: RemoteFile;
  bytes: number;
  /** The last bytes that came. */
  tail: Buffer;
  readonly scanner: Mp4BoxScanner;
}

/** A complete answer that no player opens. The next download may bring another file. */
export class VideoNotPlayable extends RetryableError {
  constructor(why: string, { file: { contentDescription } }: DownloadState) {
    const as = contentDescription === undefined ? '' : `; it came as ${contentDescription}`;
    super('VideoNotPlayable', `What was downloaded is not a playable MP4 file: ${why}${as}.`);
  }
}

/** @param mark where an earlier attempt has stopped. @default at the first byte */
export function createState(mark?: Mark): DownloadState {
  if (mark === undefined)
    return { file: { hasKnownEnd: false }, bytes: 0, tail: Buffer.alloc(0), scanner: createMp4BoxScanner() };
  const { file, bytes, tail, scanner } = mark;
  return { file, bytes, tail, scanner: createMp4BoxScanner(scanner) };
}

/** @throws Failure `VideoRejected` when the file is too large, VideoNotPlayable when no further bytes can make it an MP4 file */
export function append(state: DownloadState, chunk: Buffer, maxMegabytes: number): void {
  state.bytes += chunk.length;
  if (state.bytes > maxMegabytes * BYTES_A_MEGABYTE)
    throw new Failure(
      'VideoRejected',
      `The video is larger than the ${maxMegabytes} MB that the setting maxVideoMegabytes allows.`,
    );
  state.tail = Buffer.concat([state.tail, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
  state.scanner.push(chunk);
  if (state.scanner.isUnrecoverable()) assertPlayable(state);
}

export function formatProgress({ bytes, file: { totalBytes } }: DownloadState): string {
  return totalBytes === undefined ? `${bytes} bytes` : `${bytes} of ${totalBytes} bytes`;
}

/** Why bytes of the file are missing after the connection has ended; `undefined` where none are missing. */
export function truncationReason(state: DownloadState): string | undefined {
  const { file, bytes, scanner } = state;
  if (file.totalBytes !== undefined)
    return bytes === file.totalBytes ? undefined : `it ended after ${formatProgress(state)}`;
  const isEnd = file.hasKnownEnd ? !scanner.isTruncated() : scanner.isComplete();
  return isEnd ? undefined : `it ended after ${bytes} bytes, in the middle of the video`;
}

/** @throws VideoNotPlayable */
export function assertPlayable(state: DownloadState): void {
  const why = state.scanner.whyUnplayable();
  if (why !== undefined) throw new VideoNotPlayable(why, state);
}
