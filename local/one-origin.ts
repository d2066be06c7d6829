import type { IncomingMessage } from 'node:http';
import { corsHeaders } from '../lambdas/core/api/cors.ts';
import { rejectAsAwsJson } from './aws/json-endpoint.ts';
import type { GuardOptions, Route } from './loopback-server.ts';
import { isForPage } from './page/page-route.ts';
import { sendProblem } from './request-guard.ts';
import { bucketOf, isBucketOrigin } from './s3/cross-origin.ts';
import { rejectAsS3 } from './s3/object-store.ts';
import type { CrossOrigin } from './template/cors.ts';

/** The protocols that the service serves at its one address. */
interface Protocols {
  /** S3, under the names of the buckets. */
  readonly objects: Route;
  /** The AWS services with AWS JSON. */
  readonly aws: Route;
  /** The web page and its files. */
  readonly page: Route;
  /** The service's own API. */
  readonly api: Route;
}

type Protocol = keyof Protocols;

interface OriginRules extends Pick<CrossOrigin, 'preflights' | 'bucketRules'> {
  readonly buckets: readonly string[];
}

/** Serves all protocols at one origin. A rejected request is answered in its own protocol. */
export function underOneOrigin(
  protocols: Protocols,
  { buckets, preflights, bucketRules }: OriginRules,
): { readonly route: Route; readonly guard: GuardOptions } {
  const of = (request: IncomingMessage): Protocol => protocolOf(request, buckets);
  const pageOrigins = [...new Set(preflights.flatMap(({ origins }) => origins))];
  const rejections: Readonly<Record<Protocol, NonNullable<GuardOptions['reject']>>> = {
    objects: rejectAsS3,
    aws: rejectAsAwsJson,
    page: sendProblem,
    api(request, response, rejection) {
      const headers = Object.entries(corsHeaders(request.headers.origin, pageOrigins));
      for (const [name, value] of headers) response.setHeader(name, value);
      sendProblem(request, response, rejection);
    },
  };
  /** The protocols of AWS stay shut to every page, but for the signed links that the API gives out. */
  const openings: Readonly<Record<Protocol, NonNullable<GuardOptions['isAllowedOrigin']>>> = {
    objects: (request, origin) => isForPages(request) && isBucketOrigin(request, origin, bucketRules),
    aws: () => false,
    page: () => false,
    api: (_request, origin) => pageOrigins.includes(origin),
  };
  return {
    route: (request, response) => protocols[of(request)](request, response),
    guard: {
      reject: (request, response, rejection) => rejections[of(request)](request, response, rejection),
      isAllowedOrigin: (request, origin) => openings[of(request)](request, origin),
      isOpenLink: (request) => isOpenLink(of(request), request),
    },
  };
}

/** A signed link gives access by itself, and the page has nothing in it that is secret. Another site may lead to both, and frame neither. */
function isOpenLink(protocol: Protocol, request: IncomingMessage): boolean {
  if (protocol === 'page') return request.headers['sec-fetch-dest'] === 'document';
  return protocol === 'objects' && hasSignedLink(request);
}

/** A signed link, or the preflight of one. */
function isForPages(request: IncomingMessage): boolean {
  const { method, headers } = request;
  if (headers.authorization !== undefined) return false;
  return method === 'OPTIONS' || (/^(GET|HEAD|PUT)$/.test(method ?? '') && hasSignedLink(request));
}

function hasSignedLink({ url = '' }: IncomingMessage): boolean {
  return /[?&]X-Amz-Signature=/.test(url);
}

/** SDK clients send the operation of AWS JSON in a header, and sign requests for S3 also for unknown buckets. */
function protocolOf(request: IncomingMessage, buckets: readonly string[]): Protocol {
  const { headers } = request;
  if (headers['x-amz-target'] !== undefined) return 'aws';
  const isSignedForS3 = /\/s3\/aws4_request\b/.test(headers.authorization ?? '');
  if (buckets.includes(bucketOf(request)) || isSignedForS3) return 'objects';
  return isForPage(request) ? 'page' : 'api';
}
