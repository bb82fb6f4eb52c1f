import type { Reader } from "@/lib/live/readers";

/** How often each reader gets a heartbeat, in seconds. */
const EVERY = 15;

/** Says whose heartbeat is due, a fifteenth of all in each second, so that there is never much to do at once. */
export class Heart {
  readonly #parts = Array.from({ length: EVERY }, () => new Set<Reader>());
  readonly #partOf = new Map<Reader, Set<Reader>>();
  #came = 0;
  #second = secondOf();

  add(reader: Reader): void {
    const part = this.#parts[this.#came++ % EVERY];
    if (part) this.#partOf.set(reader, part.add(reader));
  }

  delete(reader: Reader): void {
    this.#partOf.get(reader)?.delete(reader);
    this.#partOf.delete(reader);
  }

  has(reader: Reader): boolean {
    return this.#partOf.has(reader);
  }

  get isDue(): boolean {
    return secondOf() !== this.#second;
  }

  /** Those whose seconds have come since the last call. */
  take(): Reader[] {
    const now = secondOf();
    const due: Reader[] = [];
    for (let second = Math.max(this.#second + 1, now - EVERY + 1); second <= now; second++)
      due.push(...(this.#parts[second % EVERY] ?? []));
    this.#second = now;
    return due;
  }
}

function secondOf(): number {
  return Math.floor(performance.now() / 1000);
}
