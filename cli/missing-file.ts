import type { Video } from '../lambdas/core/api/response.ts';
import { printable } from '../lambdas/core/text/plain.ts';

/** Says in one line why an ended video has no file. */
export function whyNoFile({ video_id, video, deleted_at, error }: Video): string {
  if (video === null)
    return printable(
      `The file of video ${video_id} was deleted, on ${deleted_at} at the latest. Nothing was started.`,
    );
  const { type = 'Unexpected', detail = 'There is no video.' } = error ?? {};
  return printable(`${type}: ${detail}`);
}
