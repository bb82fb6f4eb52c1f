import type { ResponseCache } from "@/lib/cache/responseCache";
import { type Family, one } from "@/lib/metrics/family";

/** What the response cache has done so far, and what it keeps. */
export function cacheFamilies({ counters, held }: ResponseCache): Family[] {
  return [
    {
      name: "antiphon_cache_requests_total",
      help: "Requests that came to the response cache: answered from it at once (hit), after the handler said that nothing has changed (revalidated), with what another request was having made (collapsed), made and kept (miss), made and not kept (passed).",
      type: "counter",
      samples: Object.entries(toResults(counters)).map(([result, value]) => ({ labels: { result }, value })),
    },
    one("gauge", "antiphon_cache_bytes", "What the response cache keeps, in bytes.", held.bytes),
    one("gauge", "antiphon_cache_resources", "How many resources it keeps.", held.resources),
  ];
}

function toResults({ hits, revalidated, collapsed, misses, passed }: ResponseCache["counters"]) {
  return { hit: hits, revalidated, collapsed, miss: misses, passed };
}
