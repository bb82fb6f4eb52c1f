import type { Hub } from "@/lib/live/hub";
import { type Family, one } from "@/lib/metrics/family";

/** Who watches threads, and what they were told. */
export function liveFamilies({ counts }: Pick<Hub, "counts">): Family[] {
  const { open, opened, sent, cut, reset, refused } = counts;
  return [
    one("gauge", "antiphon_streams", "Open streams of events.", open),
    one("counter", "antiphon_streams_opened_total", "Streams of events opened.", opened),
    one("counter", "antiphon_streams_events_total", "Events sent, once for each stream.", sent),
    one("counter", "antiphon_streams_cut_total", "Streams cut, as their readers were too slow.", cut),
    one(
      "counter",
      "antiphon_streams_reset_total",
      "Readers who came back and had to read the thread anew.",
      reset,
    ),
    {
      name: "antiphon_streams_refused_total",
      help: "Streams refused: there were too many in all, or of one address.",
      type: "counter",
      samples: [
        { labels: { bound: "all" }, value: refused.all },
        { labels: { bound: "address" }, value: refused.network },
      ],
    },
  ];
}
