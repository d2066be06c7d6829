import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Route } from '../loopback-server.ts';

/** Sends the changes of a video while they happen: `GET /videos/{video_id}/events`, as server-sent events. */
export interface VideoEvents {
  /** Tells those who follow this video that it has changed. */
  changed(videoId: string): void;
  /** Answers a request for the events, and passes any other one on. @param api the API, which says whether the caller may see the video */
  before(api: Route): Route;
}

const PATH = /^\/videos\/([^/?]+)\/events$/;

/** More than one person watches, and few enough that they cannot use up the sockets of this process. */
const MAX_FOLLOWERS = 200;
/** A comment in time keeps proxies from ending a quiet connection. */
const QUIET_MS = 20_000;

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

export function createVideoEvents(): VideoEvents {
  const followers = new Map<string, Set<ServerResponse>>();
  const isFull = (): boolean =>
    [...followers.values()].reduce((sum, each) => sum + each.size, 0) >= MAX_FOLLOWERS;

  function follow(videoId: string, response: ServerResponse): void {
    const those = followers.get(videoId) ?? new Set();
    followers.set(videoId, those.add(response));
    const timer = setInterval(() => response.write(': quiet\n\n'), QUIET_MS).unref();
    response.once('close', () => {
      clearInterval(timer);
      those.delete(response);
      if (those.size === 0) followers.delete(videoId);
    });
    response.writeHead(200, HEADERS);
    // The video may have changed since the caller has seen it.
    response.write('retry: 2000\n\nevent: change\ndata: {}\n\n');
  }

  return {
    changed(videoId) {
      for (const response of followers.get(videoId) ?? []) response.write('event: change\ndata: {}\n\n');
    },
    before: (api) => async (request, response) => {
      const video = videoOf(request);
      if (video === undefined) return api(request, response);
      if (isFull()) return sendFull(response);
      const seen = await askFor(video, request);
      if (!seen.ok) return sendOn(seen, response);
      const { video_id } = (await seen.json()) as { readonly video_id: string };
      // The caller may have gone meanwhile, or others may have come.
      if (response.closed) return undefined;
      return isFull() ? sendFull(response) : follow(video_id, response);
    },
  };
}

/** @returns the address of the video whose events are asked for, undefined for any other request */
function videoOf({ method, url = '', headers }: IncomingMessage): URL | undefined {
  const [, id] = PATH.exec(url) ?? [];
  if (method !== 'GET' || id === undefined) return undefined;
  const video = new URL(`http://${headers.host}/videos/${id}`);
  // A URL drops dots, so that another path would be asked.
  return video.pathname === `/videos/${id}` ? video : undefined;
}

/** Asks this server for the video, as the caller itself would, so that no caller follows the video of another owner. */
function askFor(video: URL, { headers }: IncomingMessage): Promise<Response> {
  const { authorization, 'x-api-key': key } = headers;
  const sent = Object.entries({ authorization, 'x-api-key': key }).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  return fetch(video, { headers: Object.fromEntries(sent) });
}

function sendFull(response: ServerResponse): void {
  response.writeHead(503, { 'retry-after': '5' }).end();
}

async function sendOn(answer: Response, response: ServerResponse): Promise<void> {
  const type = answer.headers.get('content-type') ?? 'application/problem+json';
  response.writeHead(answer.status, { 'content-type': type }).end(await answer.text());
}
