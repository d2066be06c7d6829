import { get as httpGet, type IncomingMessage, type RequestOptions } from 'node:http';
import { get as httpsGet } from 'node:https';
import { assertPublicAddress, MAX_REDIRECTS, toDownloadUrl } from '../../core/download/url-policy.ts';
import { Failure } from '../../core/failure.ts';
import { raceSignal } from '../timing.ts';
import { connect, type Network } from './connect.ts';
import { OWN_HEADERS, overSocket, reasonOf } from './send-once.ts';

/** Where a link from outside may lead, and how its host is reached. */
export interface FetchPolicy {
  /** Origins whose addresses are not checked. */
  readonly trustedOrigins: readonly string[];
  /** How long to wait for an answer. */
  readonly idleSeconds: number;
  /** @default the machine's */
  readonly network?: Network;
}

/**
 * Gets a link from outside, over at most three redirects. Against SSRF it connects to public addresses only: each name is looked up once,
 * and the connection is made to the addresses that were checked.
 * @throws Failure `VideoUnreachable` without an answer, `VideoRejected` for a link that is not allowed
 */
export async function guardedGet(
  link: string,
  headers: Readonly<Record<string, string>>,
  policy: FetchPolicy,
  signal: AbortSignal,
): Promise<{ readonly response: IncomingMessage; readonly host: string }> {
  let url = toDownloadUrl(link, policy.trustedOrigins);
  for (let redirects = 0; ; redirects += 1) {
    const response = await get(url, headers, policy, signal);
    const { location } = response.headers;
    if (!isRedirect(response) || location === undefined) return { response, host: url.hostname };
    response.destroy();
    if (redirects === MAX_REDIRECTS) throw unreachable(`there were more than ${MAX_REDIRECTS} redirects`);
    // Node reads header fields as Latin-1, but an address that is not ASCII is UTF-8.
    const next = Buffer.from(location, 'latin1').toString('utf8');
    url = toDownloadUrl(next, policy.trustedOrigins, url);
  }
}

/** A failure of a download that may succeed another time. */
export function unreachable(why: string, options: ErrorOptions = {}): Failure {
  return new Failure('VideoUnreachable', `The download failed: ${why}.`, options);
}

function isRedirect({ statusCode = 0 }: IncomingMessage): boolean {
  return [301, 302, 303, 307, 308].includes(statusCode);
}

async function get(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { trustedOrigins, idleSeconds, network }: FetchPolicy,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const allow = trustedOrigins.includes(url.origin) ? undefined : assertPublicAddress;
  const idle = AbortSignal.timeout(idleSeconds * 1000);
  try {
    const socket = await connect({ url, network, allow, signal: AbortSignal.any([signal, idle]) });
    return await responseOf(
      url,
      { ...overSocket(socket, url), headers: { ...OWN_HEADERS, ...headers }, signal },
      idle,
    );
  } catch (error) {
    if (error instanceof Failure) throw error;
    const isIdle = idle.aborted && !signal.aborted;
    const reason = isIdle ? `no answer for ${idleSeconds} s` : reasonOf(error);
    throw unreachable(`${url.hostname}: ${reason}`, { cause: error });
  }
}

/** Resolves with the head of the answer. @throws Error of the connection, or the reason of `idle` */
async function responseOf(url: URL, options: RequestOptions, idle: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = (url.protocol === 'https:' ? httpsGet : httpGet)(url, options);
  request.once('response', resolve);
  request.on('error', reject);
  // Node reports an unsolicited 101 only as `close`.
  request.once('close', () => reject(new Error('closed without an answer')));
  return raceSignal(promise, idle).catch((error: unknown) => {
    request.destroy();
    throw error;
  });
}
