import { get as httpGet, type IncomingMessage, type RequestOptions } from 'node:http';
import { get as httpsGet } from 'node:https';
import { MAX_REDIRECTS, refuseUnlessPublic, toDownloadUrl } from '../../core/download/url-policy.ts';
import { Failure } from '../../core/failure.ts';
import { raceSignal } from '../timing.ts';
import { connect, type Network } from './connect.ts';
import { over, PLAIN, reasonOf } from './send-once.ts';

/** Whom a link from outside may lead to, and how they are reached. */
export interface FetchPolicy {
  /** Origins whose addresses are not checked. */
  readonly trustedOrigins: readonly string[];
  /** After how long without an answer it is given up. */
  readonly idleSeconds: number;
  /** @default the machine's */
  readonly network?: Network;
}

/**
 * Gets what a link from outside leads to, over at most three redirects. No connection is made to an address that is not
 * public: those that a name has are looked up once and checked, and it is they that are connected to.
 * @throws Failure `VideoUnreachable` where nobody answers, `VideoRejected` for a link that is not allowed
 */
export async function guardedGet(
  link: string,
  headers: Readonly<Record<string, string>>,
  reach: FetchPolicy,
  signal: AbortSignal,
): Promise<{ readonly response: IncomingMessage; readonly host: string }> {
  let url = toDownloadUrl(link, reach.trustedOrigins);
  for (let redirects = 0; ; redirects += 1) {
    const response = await get(url, headers, reach, signal);
    const { location } = response.headers;
    if (!isRedirect(response) || location === undefined) return { response, host: url.hostname };
    response.destroy();
    if (redirects === MAX_REDIRECTS) throw unreachable(`there were more than ${MAX_REDIRECTS} redirects`);
    // Node reads header fields as Latin-1; what is not ASCII in an address is UTF-8.
    const next = Buffer.from(location, 'latin1').toString('utf8');
    url = toDownloadUrl(next, reach.trustedOrigins, url);
  }
}

/** How a download can fail and yet succeed another time. */
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
  const allow = trustedOrigins.includes(url.origin) ? undefined : refuseUnlessPublic;
  const idle = AbortSignal.timeout(idleSeconds * 1000);
  try {
    const socket = await connect({ url, network, allow, signal: AbortSignal.any([signal, idle]) });
    return await answerOf(url, { ...over(socket, url), headers: { ...PLAIN, ...headers }, signal }, idle);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const isIdle = idle.aborted && !signal.aborted;
    const reason = isIdle ? `no answer for ${idleSeconds} s` : reasonOf(error);
    throw unreachable(`${url.hostname}: ${reason}`, { cause: error });
  }
}

/** The first bytes of the answer. @throws Error of the connection, or what `idle` was aborted with */
async function answerOf(url: URL, options: RequestOptions, idle: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = (url.protocol === 'https:' ? httpsGet : httpGet)(url, options);
  request.once('response', resolve);
  request.on('error', reject);
  // All that Node says of a 101, which nobody has asked for.
  request.once('close', () => reject(new Error('closed without an answer')));
  return raceSignal(promise, idle).catch((error: unknown) => {
    request.destroy();
    throw error;
  });
}
