/** Somebody who watches a thread. */
export interface Reader {
  readonly post: number;
  /** What links to it begin with. */
  readonly base: string;
  /** Which caller it is. */
  readonly network: string;
  /** The id of the last event that it had; null where it comes for the first time. */
  readonly last: string | null;
  /** Hands it the bytes; false where it was cut instead, because it is too far behind. */
  send(bytes: Buffer): boolean;
  end(): void;
}

/** Which bound is reached: that of all, or that of one network. */
export type Refusal = "all" | "network";

/** How many may watch at once. */
export interface Bounds {
  all: number;
  network: number;
}

/** Who is there, and who of them is told what happens. */
export class Readers {
  readonly #bounds: Bounds;
  readonly #present = new Set<Reader>();
  readonly #networks = new Map<string, number>();
  /** By their posts and by what links begin with, which is nearly always the same. */
  readonly #told = new Map<number, Map<string, Set<Reader>>>();

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#present.size;
  }

  get areAnyTold(): boolean {
    return this.#told.size > 0;
  }

  /** Null where there is room; then `leave` has to be called in the end. */
  enter(reader: Reader): Refusal | null {
    const those = this.#networks.get(reader.network) ?? 0;
    if (this.#present.size >= this.#bounds.all) return "all";
    if (those >= this.#bounds.network) return "network";
    this.#present.add(reader);
    this.#networks.set(reader.network, those + 1);
    return null;
  }

  has(reader: Reader): boolean {
    return this.#present.has(reader);
  }

  /** From now on it is told. */
  add(reader: Reader): void {
    const thread = this.#told.get(reader.post) ?? new Map<string, Set<Reader>>();
    const alike = thread.get(reader.base) ?? new Set();
    this.#told.set(reader.post, thread.set(reader.base, alike.add(reader)));
  }

  /** False where it was not there any more. */
  leave(reader: Reader): boolean {
    if (!this.#present.delete(reader)) return false;
    const others = (this.#networks.get(reader.network) ?? 1) - 1;
    if (others > 0) this.#networks.set(reader.network, others);
    else this.#networks.delete(reader.network);
    const thread = this.#told.get(reader.post);
    const alike = thread?.get(reader.base);
    alike?.delete(reader);
    if (alike?.size === 0) thread?.delete(reader.base);
    if (thread?.size === 0) this.#told.delete(reader.post);
    return true;
  }

  /** Those who are told of a post, by what links begin with. */
  of(post: number): ReadonlyMap<string, ReadonlySet<Reader>> | undefined {
    return this.#told.get(post);
  }

  [Symbol.iterator](): Iterator<Reader> {
    return this.#present.values();
  }
}
