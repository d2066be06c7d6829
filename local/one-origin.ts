import type { IncomingMessage } from 'node:http';
import { rejectAsAwsJson } from './aws/json-endpoint.ts';
import type { GuardOptions, Route } from './loopback-server.ts';
import { sendProblem } from './request-guard.ts';
import { rejectAsS3 } from './s3/object-store.ts';

/** The protocols that the service serves at its one address. */
interface Protocols {
  /** S3, under the names of the buckets. */
  readonly objects: Route;
  /** The AWS services with AWS JSON. */
  readonly aws: Route;
  /** The service's own API. */
  readonly api: Route;
}

type Protocol = keyof Protocols;

const REJECTIONS = {
  objects: rejectAsS3,
  aws: rejectAsAwsJson,
  api: sendProblem,
} as const satisfies Readonly<Record<Protocol, GuardOptions['reject']>>;

/** Serves all protocols at one origin. A rejected request is answered in its own protocol. */
export function underOneOrigin(
  protocols: Protocols,
  buckets: readonly string[],
): { readonly route: Route; readonly guard: GuardOptions } {
  const of = (request: IncomingMessage): Protocol => protocolOf(request, buckets);
  return {
    route: (request, response) => protocols[of(request)](request, response),
    guard: {
      reject: (request, response, rejection) => REJECTIONS[of(request)](request, response, rejection),
      isOpenLink: (request) => of(request) === 'objects' && /[?&]X-Amz-Signature=/.test(request.url ?? ''),
    },
  };
}

/** SDK clients send the operation of AWS JSON in a header, and sign requests for S3 also for unknown buckets. */
function protocolOf({ headers, url = '' }: IncomingMessage, buckets: readonly string[]): Protocol {
  if (headers['x-amz-target'] !== undefined) return 'aws';
  const [, bucket = ''] = /^\/([^/?]*)/.exec(url) ?? [];
  const isSignedForS3 = /\/s3\/aws4_request\b/.test(headers.authorization ?? '');
  return buckets.includes(bucket) || isSignedForS3 ? 'objects' : 'api';
}
