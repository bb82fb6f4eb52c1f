import type { RequestListener } from "node:http";
import type { Requests } from "@/lib/metrics/requests";

/** Counts in `requests` what `next` answers, and how long that took. */
export function measure(requests: Requests, next: RequestListener): RequestListener {
  return (req, res) => {
    const began = performance.now();
    res.once("close", () => requests.add(req, res.statusCode, (performance.now() - began) / 1000));
    next(req, res);
  };
}
