import ipaddr from 'ipaddr.js';

/** All that IANA has given out of IPv6 so far (RFC 4291, 2.4); an address outside it that has no special name leads nowhere good. */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/** Is this a literal IPv4 or IPv6 address, and not a name? */
export function isAddress(host: string): boolean {
  return ipaddr.isValid(host);
}

/** In it, networks without IPv4 put the IPv4 address that a host has: RFC 6052, 2.1. */
const NAT64: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('64:ff9b::'), 96];

/**
 * Does this address belong to a host of the public Internet, and to none of IANA's special-purpose ranges (RFC 6890)? Of a NAT64
 * address, the IPv4 address in it is judged.
 */
export function isPublicAddress(address: string): boolean {
  if (!isAddress(address)) return false;
  const parsed = judged(ipaddr.parse(address));
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
}

function judged(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address instanceof ipaddr.IPv4 || !address.match(NAT64)) return address;
  return new ipaddr.IPv4(address.toByteArray().slice(-4));
}
