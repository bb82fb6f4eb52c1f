import { brotliCompress, constants, gzip } from "node:zlib";
import { LRUCache } from "lru-cache";
import Negotiator from "negotiator";

/** How a body is coded on its way (RFC 9110 §8.4.1). */
export type Coding = "identity" | "gzip" | "br";

/** Those made here, the smaller one first. */
const MADE: Coding[] = ["br", "gzip"];
/** Below that a coded body is hardly shorter, or longer. */
const LEAST = 860;
/** Of br's levels, the last that takes about as long as gzip. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

const chosen = new LRUCache<string, Coding>({ max: 200 });

/** The coding that the caller likes best (RFC 9110 §12.5.3). Whoever forbids all of them gets the plain body. */
export function chooseCoding(accepted: string | undefined): Coding {
  if (accepted === undefined || accepted === "identity") return "identity";
  const known = chosen.get(accepted);
  if (known) return known;
  const asked = new Negotiator({ headers: { "accept-encoding": accepted.slice(0, 1000) } });
  const allowed = asked.encodings([...MADE, "identity"]);
  // Who gives no weights names them in no order that means anything.
  const order = accepted.includes(";") ? allowed : MADE.filter((one) => allowed.includes(one));
  const coding = MADE.find((one) => one === order[0]) ?? "identity";
  chosen.set(accepted, coding);
  return coding;
}

/** Whether coding a body of this type and length is worth it. */
export function isCompressible(type: string, length: number): boolean {
  return length >= LEAST && /^text\/|[/+](?:json|xml|javascript|x-ndjson)\b|^image\/svg/.test(type);
}

/** The coded body. The work is done beside the event loop. */
export function encode(body: Buffer, coding: "gzip" | "br"): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, coded: Buffer) => (error ? reject(error) : resolve(coded));
    if (coding === "gzip") gzip(body, done);
    else brotliCompress(body, BROTLI, done);
  });
}

/** Each coding of a body has a strong ETag of its own (RFC 9110 §8.8.3.3). */
export function toCodedTag(tag: string, coding: Coding): string {
  return coding === "identity" ? tag : tag.replace(/"$/, `-${coding}"`);
}

/** Takes that off again, from each of a list of ETags. */
export function fromCodedTags(field: string): string {
  return field.includes("-") ? field.replace(/-(?:gzip|br)"/g, '"') : field;
}
