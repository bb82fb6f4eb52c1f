import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { isAmong, isPublic } from "@/lib/outbound/addresses";

/** A place outside that this server must not connect to. The message says no more than that. */
export class NotAllowed extends Error {
  override name = "NotAllowed";
}

/** All addresses of a name. An empty list where it has none. */
export type Resolve = (name: string) => Promise<string[]>;

/**
 * Asks DNS itself. The system's own resolver would block a thread of a small pool for each name that is slow; this one
 * blocks none, and does not look at /etc/hosts.
 */
const resolveName: Resolve = async (name) => {
  const resolver = new Resolver({ timeout: 3000, tries: 2 });
  const found = await Promise.all(
    [resolver.resolve4(name), resolver.resolve6(name)].map((asked) => asked.catch(() => [])),
  );
  return found.flat();
};

/**
 * The addresses that `url` leads to, each of which may be connected to: all are public, and it is HTTPS on its own
 * port; or all are among `allowed`, where anything goes. Empty where the name has none now. Throws `NotAllowed`.
 */
export async function addressesOf(
  { protocol, hostname, port, username, password }: URL,
  allowed: readonly string[],
  resolve: Resolve = resolveName,
): Promise<string[]> {
  if (!/^https?:$/.test(protocol) || username !== "" || password !== "") throw new NotAllowed();
  // The URL parser has brought every spelling of an IPv4 address to the one with four numbers.
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const addresses = isIP(host) > 0 ? [host] : await resolve(host);
  if (addresses.every((address) => isAmong(address, allowed)) && addresses.length > 0) return addresses;
  const plain = protocol === "https:" && port === "";
  if (!plain || !addresses.every(isPublic)) throw new NotAllowed();
  return addresses;
}
