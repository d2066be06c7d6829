import ipaddr from 'ipaddr.js';

/** All unicast IPv6 that IANA has allocated (RFC 4291, 2.4). Anything else is unallocated and rejected. */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/** Is this a literal IPv4 or IPv6 address rather than a name? */
export function isAddress(host: string): boolean {
  return ipaddr.isValid(host);
}

/** The prefix with which networks without IPv4 embed the IPv4 address of a host (RFC 6052, 2.1). */
const NAT64: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('64:ff9b::'), 96];

/**
 * Does this address belong to the public Internet, and to none of IANA's special-purpose ranges (RFC 6890)? For a NAT64 address,
 * the embedded IPv4 address decides.
 */
export function isPublicAddress(address: string): boolean {
  if (!isAddress(address)) return false;
  const parsed = withoutNat64(ipaddr.parse(address));
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
}

function withoutNat64(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address instanceof ipaddr.IPv4 || !address.match(NAT64)) return address;
  return new ipaddr.IPv4(address.toByteArray().slice(-4));
}
