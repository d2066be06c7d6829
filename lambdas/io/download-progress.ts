import { isMp4Start } from '../core/download-rule.ts';
import { Failure } from '../core/failure.ts';
import { type BoxWalk, createBoxWalk } from '../core/mp4-boxes.ts';
import type { ServedFile } from '../core/served-file.ts';

const HEAD_BYTES = 8;
/** What is asked for a second time when a file is resumed, to see that it goes on where it broke off. */
const TAIL_BYTES = 1024;
const BYTES_A_MEGABYTE = 1_000_000;

/** How far a download has come, from the first byte of the file. */
export interface Progress {
  file: ServedFile;
  bytes: number;
  /** The first bytes of the file, and the last that came. */
  head: Buffer;
  tail: Buffer;
  readonly boxes: BoxWalk;
}

export function nothingYet(): Progress {
  const none = Buffer.alloc(0);
  return { file: { isMeasured: false }, bytes: 0, head: none, tail: none, boxes: createBoxWalk() };
}

/** Counts what came. @throws Failure `VideoRejected` when the file does not begin like an MP4, or is too large */
export function take(progress: Progress, chunk: Buffer, maxMegabytes: number): void {
  progress.bytes += chunk.length;
  if (progress.bytes > maxMegabytes * BYTES_A_MEGABYTE)
    throw new Failure(
      'VideoRejected',
      `The video is larger than the ${maxMegabytes} MB that the setting maxVideoMegabytes allows.`,
    );
  if (progress.head.length < HEAD_BYTES) {
    progress.head = Buffer.concat([progress.head, chunk]).subarray(0, HEAD_BYTES);
    if (progress.head.length === HEAD_BYTES) refuseUnlessMp4(progress);
  }
  progress.tail = Buffer.concat([progress.tail, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
  progress.boxes.push(chunk);
}

/** How far it has come, in words. */
export function reached({ bytes, file: { totalBytes } }: Progress): string {
  return totalBytes === undefined ? `${bytes} bytes` : `${bytes} of ${totalBytes} bytes`;
}

/** Why the file cannot be whole although its server says no more; `undefined` when it is. */
export function whyNotWhole(progress: Progress): string | undefined {
  const { file, bytes, boxes } = progress;
  if (file.totalBytes !== undefined && bytes !== file.totalBytes)
    return `it ended after ${reached(progress)}`;
  if (boxes.isCut() || (!file.isMeasured && !boxes.isComplete()))
    return `it ended after ${bytes} bytes, in the middle of the video`;
  return undefined;
}

/** @throws Failure `VideoRejected` */
export function refuseUnlessMp4({ head, file: { kind } }: Progress): void {
  if (isMp4Start(head)) return;
  const as = kind === undefined ? '' : `; it came as ${kind}`;
  throw new Failure('VideoRejected', `What was downloaded is not an MP4 file${as}.`);
}
