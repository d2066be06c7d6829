import ipaddr from 'ipaddr.js';

/** All that IANA has given out of IPv6 so far (RFC 4291, 2.4); an address outside it that has no special name leads nowhere good. */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/** Is this a literal IPv4 or IPv6 address, and not a name? */
export function isAddress(host: string): boolean {
  return ipaddr.isValid(host);
}

/** Does this address belong to a host of the public Internet, and to none of IANA's special-purpose ranges (RFC 6890)? */
export function isPublicAddress(address: string): boolean {
  if (!isAddress(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
}
