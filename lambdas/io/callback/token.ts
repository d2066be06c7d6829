import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Knowing it is the right to ring for this one video: an HMAC-SHA256 of the video's id, in base64url. */
export function toCallbackToken(secret: string, videoId: string): string {
  return createHmac('sha256', secret).update(videoId).digest('base64url');
}

/** Compares in a time that does not depend on what was given. */
export function isCallbackToken(secret: string, videoId: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(toCallbackToken(secret, videoId)));
}

/** The `callback_url` of one video. @param bellUrl as in `https://…/prod/callbacks` */
export function toCallbackUrl(callbackUrlPrefix: string, secret: string, videoId: string): string {
  return `${callbackUrlPrefix}/${encodeURIComponent(videoId)}/${toCallbackToken(secret, videoId)}`;
}
