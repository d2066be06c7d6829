import type { Mark } from '../../core/download/checkpoint.ts';
import type { RemoteFile } from '../../core/download/remote-file.ts';
import { RetryableError } from '../../core/download/retryable.ts';
import { Failure } from '../../core/failure.ts';
import { createMp4BoxScanner, type Mp4BoxScanner } from '../../core/mp4/scanner.ts';

/** What is asked for a second time when a file is resumed, to see that it goes on where it broke off. */
const TAIL_BYTES = 1024;
const BYTES_A_MEGABYTE = 1_000_000;

/** How far a download has come, from the first byte of the file. */
export interface Progress {
  file: RemoteFile;
  bytes: number;
  /** The last bytes that came. */
  tail: Buffer;
  readonly boxes: Mp4BoxScanner;
}

/** What came is a whole answer, and nothing that a player opens. It may be something else the next time. */
export class NotPlayable extends RetryableError {
  constructor(why: string, { file: { kind } }: Progress) {
    const as = kind === undefined ? '' : `; it came as ${kind}`;
    super('VideoNotPlayable', `What was downloaded is not a playable MP4 file: ${why}${as}.`);
  }
}

/** @param mark how far an earlier attempt had come. @default nowhere */
export function toProgress(mark?: Mark): Progress {
  if (mark === undefined)
    return { file: { hasKnownEnd: false }, bytes: 0, tail: Buffer.alloc(0), boxes: createMp4BoxScanner() };
  const { file, bytes, tail, scanner } = mark;
  return { file, bytes, tail, boxes: createMp4BoxScanner(scanner) };
}

/**
 * Counts what came.
 * @throws Failure `VideoRejected` when the file is too large, NotPlayable when it can be no MP4 whatever comes next
 */
export function take(progress: Progress, chunk: Buffer, maxMegabytes: number): void {
  progress.bytes += chunk.length;
  if (progress.bytes > maxMegabytes * BYTES_A_MEGABYTE)
    throw new Failure(
      'VideoRejected',
      `The video is larger than the ${maxMegabytes} MB that the setting maxVideoMegabytes allows.`,
    );
  progress.tail = Buffer.concat([progress.tail, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
  progress.boxes.push(chunk);
  if (progress.boxes.isHopeless()) refuseUnlessPlayable(progress);
}

/** How far it has come, in words. */
export function reached({ bytes, file: { totalBytes } }: Progress): string {
  return totalBytes === undefined ? `${bytes} bytes` : `${bytes} of ${totalBytes} bytes`;
}

/** Why there must be more of the file although its server says no more; `undefined` where this is all of it, video or not. */
export function truncationReason(progress: Progress): string | undefined {
  const { file, bytes, boxes } = progress;
  if (file.totalBytes !== undefined)
    return bytes === file.totalBytes ? undefined : `it ended after ${reached(progress)}`;
  const isEnd = file.hasKnownEnd ? !boxes.isCut() : boxes.isComplete();
  return isEnd ? undefined : `it ended after ${bytes} bytes, in the middle of the video`;
}

/** @throws NotPlayable */
export function refuseUnlessPlayable(progress: Progress): void {
  const why = progress.boxes.whyUnplayable();
  if (why !== undefined) throw new NotPlayable(why, progress);
}
