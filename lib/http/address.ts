import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";
import { config } from "@/lib/config";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * Where a request comes from: the far end of the connection or, behind proxies that TRUST_PROXY names, the last
 * address in X-Forwarded-For that none of them wrote. Null where even the connection has none.
 */
export function addressOf(req: Pick<IncomingMessage, "headers" | "socket">): Address | null {
  const near = parse(req.socket.remoteAddress ?? "");
  const trusted = config().trustProxy;
  if (near === null || trusted === null) return near;
  const field = req.headers["x-forwarded-for"] ?? "";
  const hops = [...(Array.isArray(field) ? field.join() : field).slice(-4000).split(","), near.toString()];
  for (let i = hops.length - 1, passed = 0; i > 0; i--, passed++) {
    const hop = parse(hops[i] ?? "");
    if (hop === null || !isTrusted(hop, passed, trusted)) return hop ?? lastKnown(hops, i);
  }
  return parse(hops[0] ?? "") ?? lastKnown(hops, 0);
}

/** What counts as one caller: an IPv4 address, or the /64 that an IPv6 subscriber has. */
export function networkOf(address: Address | null): string {
  if (address === null) return "unknown";
  return address instanceof ipaddr.IPv4 ? address.toString() : cut(address, 64);
}

/** The address as moderators may see it: cut to a /24 or /48. */
export function shorten(address: Address | null): string {
  if (address === null) return "unknown";
  return address instanceof ipaddr.IPv4 ? cut(address, 24) : cut(address, 48);
}

function cut(address: Address, bits: number): string {
  const bytes = address
    .toByteArray()
    .map((byte, index) => byte & (0xff << Math.max(0, 8 - Math.max(0, bits - index * 8))) & 0xff);
  return `${ipaddr.fromByteArray(bytes).toString()}/${bits}`;
}

/** A hop that can't be read ends the chain: what lies behind it is hearsay. */
function lastKnown(hops: string[], from: number): Address | null {
  for (const hop of hops.slice(from + 1)) {
    const address = parse(hop);
    if (address) return address;
  }
  return null;
}

function isTrusted(address: Address, passed: number, trusted: number | string[]): boolean {
  if (typeof trusted === "number") return passed < trusted;
  return trusted.some((one) => {
    const [range, bits] = one.includes("/") ? ipaddr.parseCIDR(one) : [ipaddr.process(one), undefined];
    if (range.kind() !== address.kind()) return false;
    return address.match(range, bits ?? (address.kind() === "ipv4" ? 32 : 128));
  });
}

/** An address as proxies write it: with a port or brackets, or as IPv4 in IPv6. */
function parse(text: string): Address | null {
  const bare = text
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, "$1")
    .replace(/^(\d{1,3}(?:\.\d{1,3}){3}):\d+$/, "$1");
  return ipaddr.isValid(bare) ? ipaddr.process(bare) : null;
}
