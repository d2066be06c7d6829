import { isExecutionName } from '../lambdas/core/job/video-id.ts';

/** Where the calls of a service are. */
export interface Addresses {
  /** `https://…/videos` */
  readonly videos: URL;
  /** The address of a call that is a sibling of `/videos`. */
  sibling(name: 'templates' | 'uploads' | 'usage' | 'workflow'): URL;
  /** @throws TypeError for what can be no id, and could lead to another address */
  video(videoId: string): URL;
  /** @throws TypeError as `video` does */
  history(videoId: string): URL;
}

/** @param url with or without `/videos` at its end; relative ones are resolved against the page. @throws TypeError */
export function toAddresses(url: string, hasSecret: boolean): Addresses {
  const { location } = globalThis as { readonly location?: { readonly href: string } };
  const videos = URL.canParse(url, location?.href) ? new URL(url, location?.href) : undefined;
  const problem = videos === undefined ? 'is no URL' : problemOf(videos, hasSecret);
  // Not shown: it may have a password in it.
  if (videos === undefined || problem !== undefined)
    throw new TypeError(
      `The url of the service ${problem}. Give the address of /videos, as in https://…/prod/videos.`,
    );
  const path = videos.pathname.replace(/\/+$/, '');
  videos.pathname = path.endsWith('/videos') ? path : `${path}/videos`;
  const toPath = (videoId: string): string => {
    if (!isVideoId(videoId)) throw new TypeError('This is not the id of a video.');
    return `videos/${encodeURIComponent(videoId)}`;
  };
  return {
    videos,
    sibling: (name) => new URL(name, videos),
    video: (videoId) => new URL(toPath(videoId), videos),
    history: (videoId) => new URL(`${toPath(videoId)}/history`, videos),
  };
}

function problemOf(url: URL, hasSecret: boolean): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'is no web address';
  if (hasSecret && url.protocol === 'http:' && !isLoopback(url)) return 'is not https';
  if (url.username !== '' || url.password !== '') return 'has a user name or password in it';
  if (url.search !== '') return 'has a query';
  return url.hash === '' ? undefined : 'has a fragment';
}

/** The id becomes a part of addresses, and at the command line the name of a file. */
export function isVideoId(value: unknown): value is string {
  return typeof value === 'string' && isExecutionName(value) && !/^\.+$/.test(value);
}

/** The id in a part of an address, in which it is escaped. @returns undefined for what can be no id */
export function videoIdIn(part: string): string | undefined {
  try {
    const videoId = decodeURIComponent(part);
    return isVideoId(videoId) ? videoId : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an address is that of this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}
