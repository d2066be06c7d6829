import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Route } from '../template/deployment.ts';
import { toMatchers } from './route-matcher.ts';

/** A request that was answered. */
export interface AnsweredRequest {
  readonly method: string;
  /** As in `/videos/{video_id}`, because a path of a callback holds a secret; the path itself where there is no such route. */
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly videoId?: string;
}

/**
 * Tells of every request to a server when it is answered, also of one that was refused at the door. The calls that the functions
 * make of AWS are left out: each video makes dozens.
 */
export function followRequests(
  server: Server,
  routes: readonly Route[],
  onRequest: (request: AnsweredRequest) => void,
): void {
  const matchers = toMatchers(routes);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (isCallOfAws(request)) return;
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

function isCallOfAws({ headers }: IncomingMessage): boolean {
  return headers['x-amz-target'] !== undefined || /\/s3\/aws4_request\b/.test(headers.authorization ?? '');
}
