import { request as overHttp, type RequestOptions } from "node:http";
import { request as overHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { addressesOf, NotAllowed, type Resolve } from "@/lib/outbound/target";

/** How long a call may take, from looking up the name to the end of the answer, in milliseconds. */
const PATIENCE = 15_000;
/** The most of an answer that is read, in bytes; whatever is in it is thrown away. */
const MOST_ANSWER = 64 * 1024;

export interface Call {
  method: "POST" | "PUT";
  url: URL;
  headers: Record<string, string>;
  body: string;
}

/** What came of a call. `unreachable`: no connection, or it broke; which of the two is not told. */
export type Answered =
  | { status: number; retryAfter: string | null }
  | { error: "not_allowed" | "timed_out" | "bad_certificate" | "unreachable" };

interface Terms {
  /** Addresses and networks that may be reached though they are not public. */
  allowed: readonly string[];
  /** Ends it early. */
  signal?: AbortSignal;
  resolve?: Resolve;
}

/**
 * The one way out of this server. Looks the name up, refuses what is not public, and connects to exactly the addresses
 * that it looked at. Follows no redirect and knows no proxy. Never throws.
 */
export async function send(call: Call, { allowed, signal, resolve }: Terms): Promise<Answered> {
  const late = AbortSignal.timeout(PATIENCE);
  const over = signal ? AbortSignal.any([late, signal]) : late;
  try {
    const addresses = await unless(over, addressesOf(call.url, allowed, resolve));
    return addresses.length === 0 ? { error: "unreachable" } : await unless(over, ask(call, addresses, over));
  } catch (error) {
    if (error instanceof NotAllowed) return { error: "not_allowed" };
    if (late.aborted) return { error: "timed_out" };
    return { error: isAboutCertificate(error) ? "bad_certificate" : "unreachable" };
  }
}

function ask(
  { method, url, headers, body }: Call,
  addresses: string[],
  signal: AbortSignal,
): Promise<Answered> {
  const options: RequestOptions = {
    method,
    signal,
    // One connection for each call, and none of the global agent's, which may know a proxy.
    agent: false,
    headers: { ...headers, "Content-Length": Buffer.byteLength(body), "User-Agent": "Antiphon" },
    lookup: only(addresses),
  };
  return new Promise((resolve, reject) => {
    const request = url.protocol === "https:" ? overHttps(url, options) : overHttp(url, options);
    request.once("error", reject);
    request.once("response", (answer) => {
      const answered = {
        status: answer.statusCode ?? 0,
        retryAfter: answer.headers["retry-after"] ?? null,
      };
      let read = 0;
      answer.on("data", (chunk: Buffer) => {
        read += chunk.length;
        if (read > MOST_ANSWER) request.destroy();
      });
      // The status is all that counts, whatever becomes of the rest.
      answer.once("close", () => (signal.aborted ? reject(signal.reason) : resolve(answered)));
      answer.on("error", () => undefined);
    });
    request.end(body);
  });
}

/** Finds these addresses whatever the name. Node asks it for names only. */
function only(addresses: string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_name, options, callback) => {
    const [first] = all;
    if (options.all) callback(null, all);
    else if (first) callback(null, first.address, first.family);
    else callback(new Error("No address"), "", 0);
  };
}

/** The same, or the reason of `signal` as soon as it is over. */
function unless<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const give = () => reject(signal.reason);
    signal.addEventListener("abort", give, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", give));
  });
}

function isAboutCertificate(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /CERT|^ERR_TLS|SSL/.test(code);
}
