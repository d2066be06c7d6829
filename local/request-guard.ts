import type { IncomingMessage, ServerResponse } from 'node:http';
import { PROBLEM_KINDS, type ProblemName, TYPE_PREFIX } from '../lambdas/core/api/problem-types.ts';

/** Why a request is not let in. */
export interface RequestRejection {
  readonly status: 308 | 400 | 403 | 415;
  readonly detail: string;
  /** Where a 308 leads. */
  readonly location?: string;
}

export interface DoorRules {
  /** Origins whose pages may call, beside the listener's own. @default none */
  readonly allowedOrigins?: readonly string[];
  /** Says of a GET without an `Origin` that it may come from a page elsewhere, as a link that is signed may. @default none may */
  readonly isOpenLink?: (request: IncomingMessage) => boolean;
}

/** What HTML forms send without asking first: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#attr-fs-enctype */
const FORM_TYPES: readonly string[] = ['application/x-www-form-urlencoded', 'multipart/form-data'];

/** A path and a query in the characters that RFC 3986 allows there, so that every reader splits them alike. */
const TARGET = /^\/[\x21\x22\x24-\x7e]*$/;

/**
 * A page of the web could otherwise spend money or read videos through the browser of somebody who runs this.
 * @param port the listener's own
 */
export function refusalAtTheDoor(
  request: IncomingMessage,
  port: number | undefined,
  rules: DoorRules,
): RequestRejection | undefined {
  if (port === undefined) return { status: 403, detail: 'The service stops.' };
  if (!TARGET.test(request.url ?? ''))
    return { status: 400, detail: 'The request is not for a path, as in /videos.' };
  return wrongHost(request, port) ?? wrongOrigin(request, port, rules) ?? wrongType(request);
}

/** DNS rebinding sends the name of somebody else's site to this address. */
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

/** A signature names the host that it was made for, so the request cannot be sent on to another. */
function isSigned({ headers, url = '' }: IncomingMessage): boolean {
  return headers['x-amz-target'] !== undefined || /[?&]X-Amz-Signature=/.test(url) || isAws4(headers);
}

function isAws4({ authorization = '' }: IncomingMessage['headers']): boolean {
  return authorization.startsWith('AWS4-');
}

/** Another port of this machine is another origin, and `null` is that of a page which hides its own. */
function wrongOrigin(
  request: IncomingMessage,
  port: number,
  { allowedOrigins = [], isOpenLink = () => false }: DoorRules,
): RequestRejection | undefined {
  const { origin, 'sec-fetch-site': site } = request.headers;
  const own = `http://127.0.0.1:${port}`;
  const refusal = {
    status: 403,
    detail: `The request comes from a page of another origin than ${own}.`,
  } as const;
  if (origin !== undefined) return origin === own || allowedOrigins.includes(origin) ? undefined : refusal;
  const isElsewhere = site === 'cross-site' || site === 'same-site';
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return isElsewhere && !(isRead && isOpenLink(request)) ? refusal : undefined;
}

/** A form is the one thing that a page may POST anywhere without being allowed to. */
function wrongType(request: IncomingMessage): RequestRejection | undefined {
  const { 'content-type': types = [] } = request.headersDistinct;
  const mediaTypes = types.map((type) => (type.split(';')[0] ?? '').trim().toLowerCase());
  if (mediaTypes.some((type) => FORM_TYPES.includes(type)))
    return { status: 415, detail: 'Forms are not taken; send application/json.' };
  const isJson = mediaTypes.length === 1 && mediaTypes[0] === 'application/json';
  if (request.method !== 'POST' || !isFromBrowser(request) || isJson) return undefined;
  return { status: 415, detail: 'A page POSTs application/json, and says so in Content-Type.' };
}

/** Node's own `fetch` sends `Sec-Fetch-Mode`, and neither of these. */
function isFromBrowser({ headers }: IncomingMessage): boolean {
  return headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;
}

const PROBLEMS = {
  308: 'gateway-refusal',
  400: 'gateway-refusal',
  403: 'access-denied',
  415: 'unsupported-media-type',
} as const satisfies Readonly<Record<RequestRejection['status'], ProblemName>>;

/** https://www.rfc-editor.org/rfc/rfc9457 */
export function sendProblem(
  _request: IncomingMessage,
  response: ServerResponse,
  { status, detail, location }: RequestRejection,
): void {
  const kind = PROBLEMS[status];
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    ...(location === undefined ? {} : { location }),
  });
  response.end(
    JSON.stringify({ type: `${TYPE_PREFIX}${kind}`, title: PROBLEM_KINDS[kind].title, status, detail }),
  );
}
