import ipaddr from "ipaddr.js";

/**
 * What ipaddr.js takes for public and is not: IPv4 in the low bytes of an IPv6 address (RFC 4291 §2.5.5.1), site-local
 * addresses, and IPv6 that was never given out: the public internet is 2000::/3.
 */
const GIVEN_OUT = ipaddr.parseCIDR("2000::/3");

/**
 * Whether the address is one of the public internet: not of this machine, its networks or anybody's private ones, nor
 * one that leads there by a translation (NAT64, 6to4, Teredo, IPv4 in IPv6).
 */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast") return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GIVEN_OUT);
}

/** Whether the address is one of these addresses and networks. IPv4 in IPv6 counts as the IPv4 address that it is. */
export function isAmong(address: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const one = ipaddr.process(address);
  return networks.some((text) => {
    const [range, bits] = text.includes("/") ? ipaddr.parseCIDR(text) : [ipaddr.process(text), null];
    return one.kind() === range.kind() && one.match(range, bits ?? (one.kind() === "ipv4" ? 32 : 128));
  });
}
