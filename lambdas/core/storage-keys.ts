/**
 * Where the bucket keeps what. Everything of one video lies under `videos/{video_id}/`; the images of callers lie under `uploads/`.
 * `infra/grants.ts` makes permissions of these keys, with `*` for the id.
 */
export const VIDEO_PREFIX = 'videos/';
export const UPLOAD_PREFIX = 'uploads/';

/** The job document. */
export function jobKey(videoId: string): string {
  return keyOf(videoId, 'job.json');
}

/** The video whose job document has this key. @returns undefined for any other key */
export function videoIdOf(key: string): string | undefined {
  return /^videos\/([^/]+)\/job\.json$/.exec(key)?.[1];
}

/** The video itself. */
export function videoKey(videoId: string): string {
  return keyOf(videoId, 'video.mp4');
}

/** How far an unfinished copy has come. */
export function checkpointKey(videoId: string): string {
  return keyOf(videoId, 'copy.json');
}

/** Which end of the video is announced, and by whom. */
export function announcementKey(videoId: string): string {
  return keyOf(videoId, 'announced.json');
}

/** That MiniMax has called back since the last check. */
export function callbackKey(videoId: string): string {
  return keyOf(videoId, 'callback.json');
}

/** The task token of the present wait. */
export function callbackTokenKey(videoId: string): string {
  return keyOf(videoId, 'callback-token.json');
}

/** That MiniMax has sent its challenge, and was answered. */
export function challengeKey(videoId: string): string {
  return keyOf(videoId, 'challenge.json');
}

function keyOf(videoId: string, name: string): string {
  return `${VIDEO_PREFIX}${videoId}/${name}`;
}
