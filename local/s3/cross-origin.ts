import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Route } from '../loopback-server.ts';
import type { BucketCorsRule } from '../template/cors.ts';
import { S3Error } from './s3-error.ts';

/** The bucket of a request with a path such as `/bucket/key`. */
export function bucketOf({ url = '' }: Pick<IncomingMessage, 'url'>): string {
  return /^\/([^/?]*)/.exec(url)?.[1] ?? '';
}

/** Is this origin in a CORS rule of the bucket? */
export function isBucketOrigin(
  request: IncomingMessage,
  origin: string,
  rules: readonly BucketCorsRule[],
): boolean {
  return rules.some(({ bucket, origins }) => bucket === bucketOf(request) && origins.includes(origin));
}

/**
 * Follows the CORS rules of buckets as S3 does: it answers preflight requests, and adds headers to every other answer for an origin
 * that has a rule. Without any rule it changes nothing. https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
 */
export function withCorsRules(
  route: Route,
  rules: readonly BucketCorsRule[],
  sendFault: (request: IncomingMessage, response: ServerResponse, fault: S3Error) => void,
): Route {
  if (rules.length === 0) return route;
  return (request, response) => {
    const rule = ruleFor(request, rules);
    if (rule !== undefined) setHeaders(request, response, rule);
    if (request.method !== 'OPTIONS') return route(request, response);
    if (rule === undefined) return sendFault(request, response, FORBIDDEN);
    response.writeHead(200).end();
  };
}

const FORBIDDEN = new S3Error(403, 'AccessForbidden', 'CORSResponse: This CORS request is not allowed.');

function ruleFor(request: IncomingMessage, rules: readonly BucketCorsRule[]): BucketCorsRule | undefined {
  const { origin, 'access-control-request-method': asked } = request.headers;
  const method = request.method === 'OPTIONS' ? asked : request.method;
  const wanted = request.method === 'OPTIONS' ? wantedHeaders(request) : [];
  return rules.find(
    ({ bucket, origins, methods, requestHeaders }) =>
      bucket === bucketOf(request) &&
      origin !== undefined &&
      origins.includes(origin) &&
      methods.includes(method ?? '') &&
      wanted.every((name) => requestHeaders.includes(name)),
  );
}

function wantedHeaders({ headers }: IncomingMessage): readonly string[] {
  const names = (headers['access-control-request-headers'] ?? '').split(',');
  return names.map((name) => name.trim().toLowerCase()).filter((name) => name !== '');
}

function setHeaders(request: IncomingMessage, response: ServerResponse, rule: BucketCorsRule): void {
  response.setHeader('access-control-allow-origin', request.headers.origin ?? '');
  response.setHeader('access-control-expose-headers', rule.exposedHeaders.join(', '));
  response.setHeader('vary', 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method');
  if (request.method !== 'OPTIONS') return;
  response.setHeader('access-control-allow-methods', rule.methods.join(', '));
  response.setHeader('access-control-allow-headers', wantedHeaders(request).join(', '));
  response.setHeader('access-control-max-age', rule.maxAgeSeconds);
}
