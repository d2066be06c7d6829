import { type LookupAddress, type LookupOptions, lookup as machineLookup } from 'node:dns';
import { isIP, type NetConnectOpts, type Socket, connect as tcpConnect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { raceSignal } from '../timing.ts';

/** After so long without a connection, the next address is tried as well: RFC 8305, 5. */
const ATTEMPT_DELAY_MS = 250;

type Looked = (error: Error | null, addresses: LookupAddress[]) => void;

/** Turns a name into all of its addresses. */
export type Lookup = (name: string, options: LookupOptions & { readonly all: true }, looked: Looked) => void;

/** The network that connections are made in. */
export interface Network {
  /** @default as this machine does */
  readonly lookup?: Lookup;
  /** Opens a TCP connection to one address. @default as Node does */
  readonly open?: (to: NetConnectOpts & { readonly host: string }) => Socket;
  /** The certificates that are trusted, as PEM. @default those that Node trusts */
  readonly ca?: Buffer;
}

export interface Destination {
  readonly url: URL;
  readonly network?: Network;
  /** Ends the attempts. */
  readonly signal: AbortSignal;
  /** Is told each address of a name before any of them is connected to; throws for one that must not be. @default takes all */
  readonly allow?: (host: string, address: string) => void;
}

/**
 * A connection to the host of a URL, over TLS where that says https. The addresses of a name are tried in turn, and a later
 * attempt does not end an earlier one (RFC 8305, 5). Node's own way gives each of them 250 ms only, so that a host with two
 * addresses on another continent is never reached.
 * @throws what `allow` throws, what the signal was aborted with, or Error whose `code` has the reason of each attempt
 */
export async function connect({ url, network = {}, signal, allow }: Destination): Promise<Socket> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isSecure = url.protocol === 'https:';
  const port = Number(url.port === '' ? (isSecure ? 443 : 80) : url.port);
  const addresses = isIP(host) === 0 ? await lookUp(host, network.lookup, signal) : [host];
  for (const address of addresses) allow?.(url.hostname, address);
  const socket = await firstToConnect(addresses, { port, network, signal });
  return isSecure ? secured(socket, { host, ca: network.ca, signal }) : socket;
}

async function lookUp(
  name: string,
  lookup: Lookup = machineLookup,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { promise, resolve, reject } = Promise.withResolvers<LookupAddress[]>();
  lookup(name, { all: true, order: 'verbatim' }, (error, found) => (error ? reject(error) : resolve(found)));
  const found = await raceSignal(promise, signal);
  if (found.length === 0) throw new Error('the name has no address');
  return alternating(found);
}

/** The two families in turn, beginning with the family that the machine prefers: RFC 8305, 4. */
function alternating(found: readonly LookupAddress[]): readonly string[] {
  const preferred = found.filter(({ family }) => family === found[0]?.family);
  const other = found.filter(({ family }) => family !== found[0]?.family);
  const turns = Array.from({ length: found.length }, (_, index) => [preferred[index], other[index]]);
  return turns.flat().flatMap((each) => (each === undefined ? [] : [each.address]));
}

interface Attempts {
  readonly port: number;
  readonly network: Network;
  readonly signal: AbortSignal;
}

async function firstToConnect(
  addresses: readonly string[],
  { port, network: { open = tcpConnect }, signal }: Attempts,
): Promise<Socket> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const left = [...addresses];
  const connecting = new Set<Socket>();
  const errors: Error[] = [];
  let timer: NodeJS.Timeout | undefined;

  function tryNext(): void {
    clearTimeout(timer);
    const address = left.shift();
    if (address === undefined) {
      if (connecting.size === 0) reject(allOf(errors));
      return;
    }
    const socket = open({ host: address, port });
    connecting.add(socket);
    const onError = (error: Error): void => {
      connecting.delete(socket);
      errors.push(error);
      tryNext();
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      connecting.delete(socket);
      resolve(socket);
    });
    if (left.length > 0) timer = setTimeout(tryNext, ATTEMPT_DELAY_MS);
  }

  tryNext();
  try {
    return await raceSignal(promise, signal);
  } finally {
    clearTimeout(timer);
    left.length = 0;
    for (const socket of connecting)
      socket
        .removeAllListeners()
        .on('error', () => undefined)
        .destroy();
  }
}

/** One error that has the reason of each, as in `ENETUNREACH, ECONNREFUSED`. */
function allOf(errors: readonly Error[]): Error {
  const reasons = errors.map((error) => ('code' in error ? String(error.code) : error.message));
  const code = [...new Set(reasons)].join(', ');
  return Object.assign(new Error(`no connection could be made (${code})`, { cause: errors[0] }), { code });
}

interface Securing {
  readonly host: string;
  readonly ca: Buffer | undefined;
  readonly signal: AbortSignal;
}

async function secured(socket: Socket, { host, ca, signal }: Securing): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  // Server names are names, without the dot that ends them: RFC 6066, 3.
  const name = host.replace(/\.$/, '');
  const secure = tlsConnect({
    socket,
    host: name,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(ca === undefined ? {} : { ca }),
  });
  secure.once('error', reject);
  secure.once('secureConnect', () => {
    secure.off('error', reject);
    resolve(secure);
  });
  secure.once('close', () => reject(new Error('closed before TLS was agreed on')));
  try {
    return await raceSignal(promise, signal);
  } catch (error) {
    secure.on('error', () => undefined).destroy();
    throw error;
  }
}
