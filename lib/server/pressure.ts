import type { IncomingMessage, ServerResponse } from "node:http";
import type { Listener } from "@/lib/http/messages";
import { refuse } from "@/lib/http/refuse";
import { log } from "@/lib/log";
import { type Family, one } from "@/lib/metrics/family";
import { metrics } from "@/lib/metrics/metrics";

/** How often it is looked at how late the event loop is, in milliseconds. */
const EVERY = 500;
/** This late, twice on end, is too much. Once is one long task, or a machine that was asleep. */
const LATE = 1000;
/** This late at most, twice on end, is well again. */
const ON_TIME = 250;
const TWICE = 2;
/** The most requests that may wait for an answer to begin: some two seconds' work. */
const MOST_WAITING = 5000;

/**
 * Stands before what is expensive and answers 503 with `Retry-After` instead of calling `next` while this process
 * can't keep up: its event loop is late again and again, or too many requests wait. What was passed on is finished.
 * `/api/health`, `/api/metrics` and preflights are always passed on: who watches the server wants to know most then, and a
 * script could not read the 503 to a preflight.
 */
export function pressure(next: Listener): Listener {
  const load = new Load();
  metrics.add("load", load.families);
  return (req, res) => {
    if (load.isTooMuch() && !isSpared(req)) {
      load.refuse();
      // Of random length, so that they don't all come back at once.
      refuse(req, res, "overloaded", { "Retry-After": String(2 + Math.floor(Math.random() * 4)) });
      return;
    }
    load.take(res);
    next(req, res);
  };
}

function isSpared({ method, url }: IncomingMessage): boolean {
  return method === "OPTIONS" || /^\/api\/(?:health|metrics)(?:$|\?)/.test(url ?? "");
}

/** How much this process has to do. A timer looks; a request only reads what it saw. */
class Load {
  /** Since it last kept up. */
  #refused = 0;
  #shed = 0;
  #lag = 0;
  readonly #waiting = new Set<ServerResponse>();
  #late = false;
  /** How many times on end the loop was otherwise than `#late` says. */
  #changed = 0;
  #looked = performance.now();

  constructor() {
    setInterval(() => this.#look(), EVERY).unref();
  }

  isTooMuch(): boolean {
    return this.#late || this.#waiting.size >= MOST_WAITING;
  }

  refuse(): void {
    this.#refused++;
    this.#shed++;
  }

  readonly families = (): Family[] => [
    one(
      "counter",
      "antiphon_requests_shed_total",
      "Requests refused because the process can't keep up.",
      this.#shed,
    ),
    one(
      "gauge",
      "antiphon_requests_waiting",
      "Requests that wait for their answer to begin.",
      this.#countWaiting(),
    ),
    one(
      "gauge",
      "antiphon_event_loop_lag_seconds",
      "How late the event loop was when it was last looked at, twice a second.",
      this.#lag / 1000,
    ),
  ];

  take(res: ServerResponse): void {
    this.#waiting.add(res);
    res.once("close", () => this.#waiting.delete(res));
  }

  /** An answer that has begun waits for its reader, or goes on for hours. */
  #countWaiting(): number {
    for (const res of this.#waiting) if (res.headersSent) this.#waiting.delete(res);
    return this.#waiting.size;
  }

  #look(): void {
    const now = performance.now();
    const lag = now - this.#looked - EVERY;
    this.#looked = now;
    this.#lag = Math.max(0, lag);
    this.#countWaiting();
    const turned = this.#late ? lag <= ON_TIME : lag > LATE;
    this.#changed = turned ? this.#changed + 1 : 0;
    if (this.#changed < TWICE) return;
    this.#late = !this.#late;
    this.#changed = 0;
    if (this.#late) log.warn({ lag: Math.round(lag) }, "the server can't keep up: refusing requests");
    else {
      log.info({ refused: this.#refused }, "the server keeps up again");
      this.#refused = 0;
    }
  }
}
