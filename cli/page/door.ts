import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendProblem } from '../../local/request-guard.ts';

/**
 * Lets only the browsers in that were given the address. The token in it is exchanged for a cookie, so that it stays in no later address.
 * Other users of this machine know neither. The cookie belongs to a path with a random name: without one, the browser would send it to
 * every port of this machine, and so to servers of other users.
 */
export interface Door {
  /** As in `/?token=…`. */
  readonly entrance: string;
  /** The path of everything behind the door, as in `/5f0c…/`. */
  readonly inside: string;
  /** Gives the cookie for the token. @returns whether the request was for the entrance */
  enter(request: IncomingMessage, response: ServerResponse): boolean;
  /** Is this request from a browser that was let in? */
  isInside(request: IncomingMessage): boolean;
}

const COOKIE = 'template-video';

export function createDoor(): Door {
  const [token, pass] = [randomText(32), randomText(32)];
  const inside = `/${randomText(16)}/`;
  return {
    entrance: `/?token=${token}`,
    inside,
    enter(request, response) {
      // `new URL` throws for some paths that HTTP allows, such as `//`.
      const [path, query] = (request.url ?? '').split('?');
      if (path !== '/') return false;
      const given = new URLSearchParams(query).get('token') ?? '';
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      if (isRead && isEqual(given, token)) letIn(response, inside, pass);
      else reject(request, response);
      return true;
    },
    isInside: ({ headersDistinct }) => cookiesIn(headersDistinct.cookie).some((each) => isEqual(each, pass)),
  };
}

/** A page instead of a redirect: a browser sends a strict cookie only where the navigation began on this site. */
function letIn(response: ServerResponse, inside: string, pass: string): void {
  response.writeHead(200, {
    'set-cookie': `${COOKIE}=${pass}; Path=${inside}; HttpOnly; SameSite=Strict`,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  response.end(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Template Video</title><meta http-equiv="refresh" content="0; url=${inside}"><a href="${inside}">Template Video</a>`,
  );
}

/** Says nothing of what is behind the door. */
export function reject(request: IncomingMessage, response: ServerResponse): void {
  const detail =
    'Open the address that the command has printed: it has a token in it. An address of an earlier start is no longer valid.';
  sendProblem(request, response, { status: 403, detail });
}

function cookiesIn(headers: readonly string[] = []): readonly string[] {
  const pairs = headers.flatMap((header) => header.split(/;\s*/));
  return pairs.flatMap((pair) => (pair.startsWith(`${COOKIE}=`) ? [pair.slice(COOKIE.length + 1)] : []));
}

function randomText(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

/** In a time that says nothing of where they differ. */
function isEqual(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
