import type { Video } from '../../client/index.ts';

/**
 * Where the page plays a file from: the signed link, if it is of this page's own origin. For another one, such as S3, the server of the
 * page passes the file on, so that the page asks no other host.
 */
export function fileAddress({ video_id, video }: Video): string | undefined {
  if (video === undefined || video === null) return undefined;
  const isOwn = URL.canParse(video.url) && new URL(video.url).origin === location.origin;
  return isOwn ? video.url : `videos/${encodeURIComponent(video_id)}/file`;
}

/** The name of a downloaded file, as in `run-for-life-2026-11-27.mp4`. */
export function fileName({ created_at }: Video, template: string): string {
  const name = template
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  return `${name}-${created_at.slice(0, 10)}.mp4`;
}
