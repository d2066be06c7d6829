import { createHash } from 'node:crypto';

/**
 * The layout of the bucket. The objects of one video are under `videos/{video_id}/`, the images of one owner under `uploads/{hash}/`.
 * `infra/grants.ts` makes permissions of these keys, with `*` for the id.
 */
export const VIDEO_PREFIX = 'videos/';
export const UPLOAD_PREFIX = 'uploads/';

/** The object tag by which a lifecycle rule deletes the file of a video. */
export const RETENTION_TAG = { name: 'template-video', value: 'expires' } as const;

/** How many hexadecimal digits of SHA-256 stand for an owner, whose text may be long and may have characters that no key should have. */
const OWNER_DIGITS = 32;

/** Under which keys the images of an owner are. It ends in a slash, so that no owner's prefix begins another's. */
export function uploadPrefix(owner: string): string {
  const hash = createHash('sha256').update(owner).digest('hex').slice(0, OWNER_DIGITS);
  return `${UPLOAD_PREFIX}${hash}/`;
}

/** The job document. */
export function jobKey(videoId: string): string {
  return objectKey(videoId, 'job.json');
}

/** The video whose job document has this key. @returns undefined for any other key */
export function videoIdOf(key: string): string | undefined {
  return /^videos\/([^/]+)\/job\.json$/.exec(key)?.[1];
}

/** The video file. */
export function videoKey(videoId: string): string {
  return objectKey(videoId, 'video.mp4');
}

/** The checkpoint of an unfinished copy. */
export function checkpointKey(videoId: string): string {
  return objectKey(videoId, 'copy.json');
}

/** Exists where MiniMax has called back since the last check. */
export function callbackKey(videoId: string): string {
  return objectKey(videoId, 'callback.json');
}

/** The task token of the current wait. */
export function callbackTokenKey(videoId: string): string {
  return objectKey(videoId, 'callback-token.json');
}

/** Exists where the service has answered MiniMax's challenge. */
export function challengeKey(videoId: string): string {
  return objectKey(videoId, 'challenge.json');
}

function objectKey(videoId: string, name: string): string {
  return `${VIDEO_PREFIX}${videoId}/${name}`;
}
