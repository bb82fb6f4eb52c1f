import { isEventStream } from "@/lib/http/eventStream";
import type { Listener } from "@/lib/http/messages";
import type { Requests } from "@/lib/metrics/requests";

/** Counts in `requests` what `next` answers, and how long that took. */
export function measure(requests: Requests, next: Listener): Listener {
  return (req, res) => {
    const began = performance.now();
    res.once("close", () => {
      const seconds = (performance.now() - began) / 1000;
      // How long somebody watched says nothing of how fast the server is.
      requests.add(req, res.statusCode, isEventStream(res) ? null : seconds);
    });
    next(req, res);
  };
}
