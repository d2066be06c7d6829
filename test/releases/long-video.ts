import { PART_BYTES } from '../../lambdas/core/download/checkpoint.ts';
import { mp4Head } from '../harness/mp4-file.ts';

/** A video of two parts and a little more, which is always the same. */
export const LONG_VIDEO = toVideo(2 * PART_BYTES + 500_000);

function toVideo(bytes: number): Buffer {
  const video = Buffer.alloc(bytes, 7);
  mp4Head(bytes).copy(video);
  return video;
}
