import type { IncomingMessage, ServerResponse } from 'node:http';
import { problemWith } from '../lambdas/core/api/problem.ts';
import type { ProblemName } from '../lambdas/core/api/problem-types.ts';

/** Why a request is rejected. */
export interface RequestRejection {
  readonly status: 308 | 400 | 403 | 415;
  readonly detail: string;
  /** The target of a 308. */
  readonly location?: string;
}

export interface GuardRules {
  /** Whether pages of another origin may send this request. @default they may not */
  readonly isAllowedOrigin?: (request: IncomingMessage, origin: string) => boolean;
  /** Admits a GET without `Origin` from a page of another origin, as for a signed link. @default admits none */
  readonly isOpenLink?: (request: IncomingMessage) => boolean;
}

/** A page may send these types to any origin without a preflight request: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#attr-fs-enctype */
const FORM_TYPES: readonly string[] = ['application/x-www-form-urlencoded', 'multipart/form-data'];

/** Only characters that RFC 3986 allows in a path and a query, so that every parser splits them alike. */
const TARGET = /^\/[\x21\x22\x24-\x7e]*$/;

/**
 * Protects a listener against web pages (CSRF, DNS rebinding). Without it a page could spend money or read videos through
 * the user's browser.
 * @param port of the listener
 * @returns undefined for an admitted request
 */
export function rejectionOf(
  request: IncomingMessage,
  port: number | undefined,
  rules: GuardRules,
): RequestRejection | undefined {
  if (port === undefined) return { status: 403, detail: 'The service is stopping.' };
  if (!TARGET.test(request.url ?? ''))
    return { status: 400, detail: 'The request is not for a path, as in /videos.' };
  return wrongHost(request, port) ?? wrongOrigin(request, port, rules) ?? wrongType(request);
}

/** DNS rebinding sends the host name of a foreign site to this address. */
function wrongHost(request: IncomingMessage, port: number): RequestRejection | undefined {
  const { host: hosts = [] } = request.headersDistinct;
  const spellings = (name: string): readonly string[] => [`${name}:${port}`, ...(port === 80 ? [name] : [])];
  const isOnly = (name: string): boolean => hosts.length === 1 && spellings(name).includes(hosts[0] ?? '');
  if (isOnly('127.0.0.1')) return undefined;
  const own = `http://127.0.0.1:${port}`;
  if (isOnly('localhost') && !isSigned(request))
    return { status: 308, detail: `The service is at ${own}.`, location: `${own}${request.url}` };
  return { status: 403, detail: `The Host is not this service, which is at ${own}.` };
}

/** A signature covers the host, so a signed request cannot be redirected. */
function isSigned({ headers, url = '' }: IncomingMessage): boolean {
  return headers['x-amz-target'] !== undefined || /[?&]X-Amz-Signature=/.test(url) || isAws4(headers);
}

function isAws4({ authorization = '' }: IncomingMessage['headers']): boolean {
  return authorization.startsWith('AWS4-');
}

/** Another port of this machine is another origin. `null` is the origin of a sandboxed page. */
function wrongOrigin(
  request: IncomingMessage,
  port: number,
  { isAllowedOrigin = () => false, isOpenLink = () => false }: GuardRules,
): RequestRejection | undefined {
  const { origin, 'sec-fetch-site': fetchSite } = request.headers;
  const own = `http://127.0.0.1:${port}`;
  const rejection = {
    status: 403,
    detail: `The request comes from a page of another origin than ${own}.`,
  } as const;
  if (origin !== undefined) return origin === own || isAllowedOrigin(request, origin) ? undefined : rejection;
  const isElsewhere = fetchSite === 'cross-site' || fetchSite === 'same-site';
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return isElsewhere && !(isRead && isOpenLink(request)) ? rejection : undefined;
}

/** A page may POST a form to any origin without permission. */
function wrongType(request: IncomingMessage): RequestRejection | undefined {
  const { 'content-type': types = [] } = request.headersDistinct;
  const mediaTypes = types.map((type) => (type.split(';')[0] ?? '').trim().toLowerCase());
  if (mediaTypes.some((type) => FORM_TYPES.includes(type)))
    return { status: 415, detail: 'Forms are not accepted. Send application/json.' };
  const isJson = mediaTypes.length === 1 && mediaTypes[0] === 'application/json';
  if (request.method !== 'POST' || !isFromBrowser(request) || isJson) return undefined;
  return { status: 415, detail: 'A page has to POST with Content-Type: application/json.' };
}

/** Node's own `fetch` sends `Sec-Fetch-Mode`, but neither of these headers. */
function isFromBrowser({ headers }: IncomingMessage): boolean {
  return headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;
}

const PROBLEMS = {
  308: 'gateway-rejection',
  400: 'gateway-rejection',
  403: 'access-denied',
  415: 'unsupported-media-type',
} as const satisfies Readonly<Record<RequestRejection['status'], ProblemName>>;

/** https://www.rfc-editor.org/rfc/rfc9457 */
export function sendProblem(
  _request: IncomingMessage,
  response: ServerResponse,
  { status, detail, location }: RequestRejection,
): void {
  if (location !== undefined) response.setHeader('location', location);
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(problemWith(PROBLEMS[status], status, detail)));
}
