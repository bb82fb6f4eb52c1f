import type { IncomingMessage } from "node:http";
import { Hits } from "@/lib/cache/counters";
import type { Family } from "@/lib/metrics/family";
import { Histogram } from "@/lib/metrics/histogram";

/** The upper ends of the histogram's buckets, in seconds. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** One route and method: how often each status came, and how long it took. */
class Tally {
  readonly statuses = new Map<number, number>();
  readonly latency = new Histogram(BOUNDS);

  add(status: number, seconds: number | null): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (seconds !== null) this.latency.add(seconds);
  }
}

/** Counts requests by route, method and status. A route is a pattern, never a path: there are so many and no more. */
export class Requests {
  readonly #names = new WeakMap<IncomingMessage, string>();
  readonly #routes = new Map<string, Map<string, Tally>>();
  readonly #hits = new Map<string, Hits>();

  /** Hears by which route a request is answered, as soon as that is known. */
  readonly name = (req: IncomingMessage, route: string): void => {
    this.#names.set(req, route);
  };

  /** Counts one that the response cache did not answer. `seconds`: null where they mean nothing. */
  add(req: IncomingMessage, status: number, seconds: number | null): void {
    const route = this.#routeOf(req);
    const { method } = req;
    const known = METHODS.find((one) => one === method) ?? "other";
    const methods = this.#routes.get(route) ?? new Map<string, Tally>();
    const tally = methods.get(known) ?? new Tally();
    tally.add(status, seconds);
    this.#routes.set(route, methods.set(known, tally));
  }

  /** Where the response cache counts what it answers with an answer to this request. */
  hitsOf(req: IncomingMessage): Hits {
    const route = this.#routeOf(req);
    const hits = this.#hits.get(route) ?? new Hits();
    this.#hits.set(route, hits);
    return hits;
  }

  /** What was refused before any route was looked for has none. */
  #routeOf(req: IncomingMessage): string {
    return this.#names.get(req) ?? "none";
  }

  readonly families = (): Family[] => {
    const total: Family = {
      name: "antiphon_http_requests_total",
      help: "Requests answered, those from the response cache included.",
      type: "counter",
      samples: [],
    };
    const latency: Family = {
      name: "antiphon_http_request_duration_seconds",
      help: "How long handlers took from the request to the end of the answer, in seconds; without what came from the response cache.",
      type: "histogram",
      samples: [],
    };
    for (const [key, value] of this.#counts()) {
      const [route = "", method = "", status = ""] = key.split(" ");
      total.samples.push({ labels: { route, method, status }, value });
    }
    for (const [route, methods] of this.#routes)
      for (const [method, tally] of methods)
        latency.samples.push(...tally.latency.toSamples({ route, method }));
    return [total, latency];
  };

  #counts(): Map<string, number> {
    const counts = new Map<string, number>();
    const add = (key: string, by: number) => by > 0 && counts.set(key, (counts.get(key) ?? 0) + by);
    for (const [route, methods] of this.#routes)
      for (const [method, { statuses }] of methods)
        for (const [status, count] of statuses) add(`${route} ${method} ${status}`, count);
    for (const [route, { whole, unchanged, head, headUnchanged }] of this.#hits) {
      add(`${route} GET 200`, whole);
      add(`${route} GET 304`, unchanged);
      add(`${route} HEAD 200`, head);
      add(`${route} HEAD 304`, headUnchanged);
    }
    return counts;
  }
}
