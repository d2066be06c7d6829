import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The right to call back for one video: an HMAC-SHA256 of its id, in base64url. */
export function toCallbackToken(secret: string, videoId: string): string {
  return createHmac('sha256', secret).update(videoId).digest('base64url');
}

/** Takes equal time for every `given` token of a length: both are hashed, and the hashes compared in constant time. */
export function isCallbackToken(secret: string, videoId: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(toCallbackToken(secret, videoId)));
}

/** The `callback_url` of one video. @param baseUrl as in `https://…/prod/callbacks` */
export function toCallbackUrl(baseUrl: string, secret: string, videoId: string): string {
  return `${baseUrl}/${encodeURIComponent(videoId)}/${toCallbackToken(secret, videoId)}`;
}
