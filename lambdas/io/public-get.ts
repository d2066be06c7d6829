import { type LookupAddress, type LookupOptions, lookup as machineLookup } from 'node:dns';
import { type Agent, get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { MAX_REDIRECTS, refuseUnlessPublic, toDownloadUrl } from '../core/download-rule.ts';
import { Failure } from '../core/failure.ts';
import { reasonOf } from './http-exchange.ts';

type Looked = (error: Error | null, addresses: LookupAddress[]) => void;

/** Whom a link from outside may lead to, and how they are reached. */
export interface Reach {
  /** Origins whose addresses are not checked. */
  readonly trustedOrigins: readonly string[];
  /** After how long without an answer it is given up. */
  readonly idleSeconds: number;
  /** Turns a name into addresses. @default as this machine does */
  readonly lookup?: (name: string, options: LookupOptions & { readonly all: true }, looked: Looked) => void;
  /** Makes the connections to origins that are not trusted. @default each on its own */
  readonly agent?: Agent;
}

/**
 * Gets what a link from outside leads to, over at most three redirects. No connection is made to an address that is not
 * public: those that a name has are looked up once and checked, and it is they that are connected to.
 * @throws Failure `VideoUnreachable` where nobody answers, `VideoRejected` for a link that is not allowed
 */
export async function publicGet(
  link: string,
  headers: Readonly<Record<string, string>>,
  reach: Reach,
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

function get(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { trustedOrigins, idleSeconds, lookup = machineLookup, agent }: Reach,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const send = url.protocol === 'https:' ? httpsGet : httpGet;
  const request = trustedOrigins.includes(url.origin)
    ? send(url, { agent: false, headers, signal })
    : send(url, { agent: agent ?? false, lookup: publicOnly(lookup), headers, signal });
  const timer = setTimeout(
    () => request.destroy(new Error(`no answer for ${idleSeconds} s`)),
    idleSeconds * 1000,
  );
  promise.finally(() => clearTimeout(timer)).catch(() => undefined);
  request.once('response', resolve);
  // All that Node says of a 101, which nobody has asked for.
  request.once('close', () => reject(unreachable(`${url.hostname}: closed without an answer`)));
  request.on('error', (error) =>
    reject(
      error instanceof Failure ? error : unreachable(`${url.hostname}: ${reasonOf(error)}`, { cause: error }),
    ),
  );
  return promise;
}

/** Node asks for all addresses, connects to those that it is given, and looks up no second time. */
function publicOnly(lookup: NonNullable<Reach['lookup']>) {
  return (
    name: string,
    options: LookupOptions,
    looked: (error: Error | null, addresses: LookupAddress[]) => void,
  ): void =>
    lookup(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return looked(error, []);
      if (addresses.length === 0) return looked(new Error('the name has no address'), []);
      try {
        for (const { address } of addresses) refuseUnlessPublic(name, address);
      } catch (refusal) {
        return looked(refusal as Error, []);
      }
      looked(null, addresses);
    });
}
