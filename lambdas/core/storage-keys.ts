/**
 * The layout of the bucket. The objects of one video are under `videos/{video_id}/`, the images of callers under `uploads/`.
 * `infra/grants.ts` makes permissions of these keys, with `*` for the id.
 */
export const VIDEO_PREFIX = 'videos/';
export const UPLOAD_PREFIX = 'uploads/';

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

/** The lease for announcing the end of the video. */
export function announcementKey(videoId: string): string {
  return objectKey(videoId, 'announced.json');
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
