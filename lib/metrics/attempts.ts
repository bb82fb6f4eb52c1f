import type { Family } from "@/lib/metrics/family";
import { Histogram } from "@/lib/metrics/histogram";

/** The upper ends of the buckets, in seconds: a call that has no answer ends after fifteen. */
const BOUNDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

/** What came of the calls of this process to webhooks, and how long they took. */
export class Attempts {
  readonly #outcomes = new Map<string, number>();
  readonly #latency = new Histogram(BOUNDS);

  /** `outcome`: one of few words. `seconds`: null where nothing was sent. */
  add(outcome: string, seconds: number | null): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    if (seconds !== null) this.#latency.add(seconds);
  }

  readonly families = (): Family[] => [
    {
      name: "antiphon_outbox_attempts_total",
      help: "Calls to webhooks by what came of them: taken with 2xx (delivered), answered otherwise (status), no answer (timed_out, unreachable, bad_certificate), not made (not_allowed, and dropped where there is nothing to tell any more).",
      type: "counter",
      samples: [...this.#outcomes].map(([outcome, value]) => ({ labels: { outcome }, value })),
    },
    {
      name: "antiphon_outbox_attempt_duration_seconds",
      help: "How long calls to webhooks took, in seconds.",
      type: "histogram",
      samples: this.#latency.toSamples({}),
    },
  ];
}
