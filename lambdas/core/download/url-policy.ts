import { Failure } from '../failure.ts';
import { isAddress, isPublicAddress } from './public-address.ts';

/** How many redirects a download follows; each is checked like the link itself. */
export const MAX_REDIRECTS = 3;

/**
 * The address to download a link from: https at the default port, without credentials. A literal IP address must be public. An
 * http link is upgraded to https. The operator's trusted origins are exempt from these rules.
 * @throws Failure `VideoRejected`, which names the rule and the host but not the link
 */
export function toDownloadUrl(link: string, trustedOrigins: readonly string[], base?: URL): URL {
  if (!URL.canParse(link, base?.href)) throw rejected('is not a URL');
  const url = new URL(link, base);
  if (url.username !== '' || url.password !== '') throw rejected(`contains credentials for ${url.hostname}`);
  if (trustedOrigins.includes(url.origin)) return url;
  if (url.protocol === 'http:') url.protocol = 'https:';
  if (url.protocol !== 'https:') throw rejected(`uses ${url.protocol.slice(0, -1)} instead of https`);
  if (url.port !== '') throw rejected(`names the port ${url.port} of ${url.hostname}`);
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isAddress(literal)) assertPublicAddress(url.hostname, literal);
  return url;
}

/** @throws PrivateAddress where this address of a link's host is not public */
export function assertPublicAddress(host: string, address: string): void {
  if (!isPublicAddress(address)) throw new PrivateAddress(host, address);
}

/** A link into a network that is not the public Internet. */
export class PrivateAddress extends Failure {
  constructor(host: string, address: string) {
    super('VideoRejected', `The link leads to ${host}, whose address ${address} is not public.`);
  }
}

/** The origins in the comma-separated setting. */
export function toTrustedOrigins(setting: string): readonly string[] {
  return setting
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
}

function rejected(why: string): Failure {
  return new Failure('VideoRejected', `The link ${why}.`);
}
