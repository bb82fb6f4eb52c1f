import { metrics } from "@/lib/metrics/metrics";

const OUTCOMES = ["sent", "retried", "failed", "dropped"] as const;

/** What became of the messages that this process tried to send. */
export function countMails(): (outcome: (typeof OUTCOMES)[number]) => void {
  const counts = new Map<string, number>(OUTCOMES.map((outcome) => [outcome, 0]));
  metrics.add("mails", () => [
    {
      name: "antiphon_mails_total",
      help: "Tries to send a message, by what came of them.",
      type: "counter",
      samples: [...counts].map(([outcome, value]) => ({ labels: { outcome }, value })),
    },
  ]);
  return (outcome) => counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
}
