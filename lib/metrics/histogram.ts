import type { Family } from "@/lib/metrics/family";

/** How long things took: how many at most so long, for each of some bounds, and all together. */
export class Histogram {
  readonly #bounds: readonly number[];
  /** The last one is for what took longer than any bound. */
  readonly #buckets: number[];
  #seconds = 0;

  /** `bounds`: the upper ends of the buckets, in seconds, the least first. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#buckets = new Array<number>(bounds.length + 1).fill(0);
  }

  add(seconds: number): void {
    this.#seconds += seconds;
    const bucket = this.#bounds.findIndex((bound) => seconds <= bound);
    const index = bucket < 0 ? this.#bounds.length : bucket;
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
  }

  toSamples(labels: Record<string, string>): Family["samples"] {
    let sum = 0;
    const ends = [...this.#bounds.map(String), "+Inf"];
    const samples: Family["samples"] = ends.map((le, index) => {
      sum += this.#buckets[index] ?? 0;
      return { suffix: "_bucket", labels: { ...labels, le }, value: sum };
    });
    return [
      ...samples,
      { suffix: "_sum", labels, value: this.#seconds },
      { suffix: "_count", labels, value: sum },
    ];
  }
}
