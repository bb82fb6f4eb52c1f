import { requireScraper } from "@/lib/http/auth";
import { readQuery } from "@/lib/http/input";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { EXPOSITION, toExposition } from "@/lib/metrics/exposition";
import { siteFamilies } from "@/lib/metrics/kept";
import { metrics } from "@/lib/metrics/metrics";
import { noQuery } from "@/lib/schemas/queries";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

// What asks names the version, or asks for another format first.
export default api(["text/plain", "text/plain; version=0.0.4", "application/problem+json"])
  .get(async (req, res) => {
    readQuery(req, noQuery);
    await requireScraper(req);
    const [snapshots, shared] = await Promise.all([metrics.gather(), siteFamilies(await store())]);
    send(req, res, 200, toExposition(snapshots, shared), { "Content-Type": EXPOSITION });
  })
  .handler();
