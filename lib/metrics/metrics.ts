import { config } from "@/lib/config";
import type { Family, Snapshot } from "@/lib/metrics/family";
import { processFamilies } from "@/lib/metrics/process";

/** Asked once for each reading. What has changed since then costs nothing but the counting. */
type Source = () => Family[];

/** Resolves with what every process of this server counts. */
type Gather = () => Promise<Snapshot[]>;

/** Whoever counts something says so here. */
class Metrics {
  readonly #sources = new Map<string, Source>([["process", processFamilies]]);
  readonly #since = Date.now() / 1000 - process.uptime();
  /** This process alone, unless it has others beside it. */
  gather: Gather = async () => [this.snapshot()];

  /** From now on `source` tells what `name` counts, in place of another one. */
  add(name: string, source: Source): void {
    this.#sources.set(name, source);
  }

  snapshot(): Snapshot {
    const families = [...this.#sources.values()].flatMap((source) => source());
    return { worker: config().worker, since: this.#since, families };
  }
}

declare global {
  /** One for the process: Next's bundles and server.ts have each their own copy of this module. */
  var antiphonMetrics: Metrics | undefined;
}

globalThis.antiphonMetrics ??= new Metrics();

/** What this process counts. */
export const metrics = globalThis.antiphonMetrics;
