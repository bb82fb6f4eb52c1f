import ipaddr from "ipaddr.js";

/** The widest network that a rule may name, so that a slip of the hand locks nobody out but who was meant. */
const WIDEST = { ipv4: 8, ipv6: 16 };

/** The network that an address or a range in CIDR notation names, or null. An address alone is a network of one. */
function toNetwork(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] | null {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  if (!ipaddr.isValid(text) || (!text.includes(":") && !/^\d+\.\d+\.\d+\.\d+$/.test(text))) return null;
  const address = ipaddr.process(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

/** Whether a rule may name it. */
export function isNetwork(text: string): boolean {
  const network = toNetwork(text);
  return network !== null && network[1] >= WIDEST[network[0].kind()];
}

/** Whether the address, as text, is of that network. */
export function isOf(address: string, pattern: string): boolean {
  const network = toNetwork(pattern);
  if (network === null || !ipaddr.isValid(address)) return false;
  const [one, [range, bits]] = [ipaddr.process(address), network];
  return one.kind() === range.kind() && one.match(range, bits);
}
