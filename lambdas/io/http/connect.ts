import { type LookupAddress, type LookupOptions, lookup as machineLookup } from 'node:dns';
import { isIP, type NetConnectOpts, type Socket, connect as tcpConnect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { raceSignal } from '../timing.ts';

/** The next address is tried as well after this time without a connection: RFC 8305, 5. */
const ATTEMPT_DELAY_MS = 250;

type LookupCallback = (error: Error | null, addresses: LookupAddress[]) => void;

/** Turns a name into all of its addresses. */
export type Lookup = (
  name: string,
  options: LookupOptions & { readonly all: true },
  callback: LookupCallback,
) => void;

/** How names are looked up, connections are opened and certificates are checked. */
export interface Network {
  /** @default the lookup of this machine */
  readonly lookup?: Lookup;
  /** Opens a TCP connection to one address. @default Node's */
  readonly open?: (to: NetConnectOpts & { readonly host: string }) => Socket;
  /** The certificates that are trusted, as PEM. @default those that Node trusts */
  readonly ca?: Buffer;
}

export interface Destination {
  readonly url: URL;
  readonly network?: Network;
  /** Ends the attempts. */
  readonly signal: AbortSignal;
  /** Gets each address of a name before a connection is made; throws for one that is forbidden. @default allows all */
  readonly allow?: (host: string, address: string) => void;
}

/**
 * Connects to the host of a URL, over TLS for https. It tries the addresses of a name in turn, and a later attempt does not end
 * an earlier one (RFC 8305, 5). Node itself gives each address only 250 ms, which is too short for a host on another continent.
 * @throws the error of `allow`, the signal's reason, or Error whose `code` has the reason of each attempt
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
  const callback: LookupCallback = (error, addresses) => (error ? reject(error) : resolve(addresses));
  lookup(name, { all: true, order: 'verbatim' }, callback);
  const found = await raceSignal(promise, signal);
  if (found.length === 0) throw new Error('the name has no address');
  return alternating(found);
}

/** The two address families in turn. The family of the first address is the one that the machine prefers: RFC 8305, 4. */
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

/** One function, because its attempts share the addresses that are left, the open sockets and the timer. */
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
      if (connecting.size === 0) reject(toOneError(errors));
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
    for (const socket of connecting) discard(socket.removeAllListeners());
  }
}

/** An error without a listener would end the process. */
function discard(socket: Socket): void {
  socket.on('error', () => undefined).destroy();
}

/** One error that has the reason of each, as in `ENETUNREACH, ECONNREFUSED`. */
function toOneError(errors: readonly Error[]): Error {
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
  // A server name is no IP address and has no trailing dot: RFC 6066, 3.
  const name = host.replace(/\.$/, '');
  const secure = tlsConnect({
    socket,
    host: name,
    ALPNProtocols: ['http/1.1'],
    servername: isIP(name) === 0 ? name : undefined,
    ca,
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
    discard(secure);
    throw error;
  }
}
