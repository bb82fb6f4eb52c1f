import type { IncomingHttpHeaders } from "node:http";
import { LRUCache } from "lru-cache";
import type { Entry } from "@/lib/cache/entry";

/** More variants of one resource than that push out the oldest. */
const VARIANTS = 24;

/** Not part of a variant's key: the cache codes bodies itself, never keeps what was said to somebody, and CORS is said anew on each answer. */
const SETTLED = new Set(["accept-encoding", "authorization", "cookie", "origin"]);

interface Resource {
  names: string[];
  variants: Map<string, Entry>;
}

/** Entries by key and by the fields that `Vary` names (RFC 9111 §4.1), at most `bytes` of them, the least used out first. */
export class Shelf {
  readonly #resources: LRUCache<string, Resource>;

  constructor(bytes: number) {
    this.#resources = new LRUCache({ maxSize: Math.max(1, bytes), sizeCalculation: sizeOf });
  }

  /** What is kept now, in bytes and in resources. */
  get held(): { bytes: number; resources: number } {
    return { bytes: this.#resources.calculatedSize, resources: this.#resources.size };
  }

  find(key: string, headers: IncomingHttpHeaders): Entry | undefined {
    const resource = this.#resources.get(key);
    return resource?.variants.get(variantOf(resource.names, headers));
  }

  /** Keeps the entry, in place of one for the same request that is no newer. */
  put(key: string, headers: IncomingHttpHeaders, vary: string | undefined, entry: Entry): void {
    const names = toNames(vary);
    const kept = this.#resources.get(key);
    const variants = kept && kept.names.join() === names.join() ? kept.variants : new Map<string, Entry>();
    const variant = variantOf(names, headers);
    if ((variants.get(variant)?.news ?? 0) > entry.news) return;
    variants.delete(variant);
    variants.set(variant, entry);
    const [oldest] = variants.keys();
    if (variants.size > VARIANTS && oldest !== undefined) variants.delete(oldest);
    this.#resources.set(key, { names, variants });
  }

  /** Weighs what is kept under `key` anew, as one of its entries has grown. */
  weigh(key: string): void {
    const resource = this.#resources.peek(key);
    if (resource) this.#resources.set(key, { ...resource });
  }
}

function sizeOf({ variants }: Resource, key: string): number {
  let sum = key.length * 2;
  for (const entry of variants.values()) sum += entry.size;
  return sum;
}

function toNames(vary: string | undefined): string[] {
  const names = (vary ?? "").split(",").map((name) => name.trim().toLowerCase());
  return [...new Set(names)].filter((name) => name !== "" && !SETTLED.has(name)).sort();
}

function variantOf(names: string[], headers: IncomingHttpHeaders): string {
  let key = "";
  for (const name of names) key += `${headers[name] ?? ""}\n`;
  return key;
}
