import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isForPage } from '../page/page-route.ts';
import type { Route } from '../template/deployment.ts';
import { toMatchers } from './route-matcher.ts';

/** A request that was answered. */
export interface AnsweredRequest {
  readonly method: string;
  /** The route, as in `/videos/{video_id}`, because the path of a callback contains a secret. Without a route, the path itself. */
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly videoId?: string;
}

/**
 * Reports every request to a server when it is answered, including rejected ones. It omits the functions' requests to AWS and what the
 * page reads, of which each video makes dozens.
 */
export function followRequests(
  server: Server,
  routes: readonly Route[],
  onRequest: (request: AnsweredRequest) => void,
): void {
  const matchers = toMatchers(routes);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (isAwsRequest(request) || isReadByPage(request)) return;
    const startedAt = performance.now();
    const pathname = (request.url ?? '').split('?')[0] ?? '';
    response.once('close', () => {
      const matcher = matchers.find(({ pattern }) => pattern.test(pathname));
      const location = response.getHeader('location');
      const made = typeof location === 'string' ? /\/videos\/([\w-]+)$/.exec(location)?.[1] : undefined;
      onRequest({
        method: request.method ?? '',
        path: matcher?.path ?? JSON.stringify(pathname.slice(0, 100)),
        status: response.statusCode,
        milliseconds: Math.round(performance.now() - startedAt),
        videoId: made ?? matcher?.pattern.exec(pathname)?.groups?.video_id,
      });
    });
  });
}

/** The page itself, and what it reads of the API. */
function isReadByPage(request: IncomingMessage): boolean {
  return (
    isForPage(request) || (request.method === 'GET' && request.headers['sec-fetch-site'] === 'same-origin')
  );
}

function isAwsRequest({ headers }: IncomingMessage): boolean {
  return headers['x-amz-target'] !== undefined || /\/s3\/aws4_request\b/.test(headers.authorization ?? '');
}
