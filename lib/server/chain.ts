import type { Store } from "@/db/store";
import { ResponseCache } from "@/lib/cache/responseCache";
import { config } from "@/lib/config";
import { cacheOrigin } from "@/lib/http/cacheOrigin";
import { guard } from "@/lib/http/guard";
import { settleLanguage } from "@/lib/http/language";
import type { ApiServer, Listener } from "@/lib/http/messages";
import { cacheFamilies } from "@/lib/metrics/cache";
import { metrics } from "@/lib/metrics/metrics";
import { Requests } from "@/lib/metrics/requests";
import { measure } from "@/lib/server/measure";
import { pressure } from "@/lib/server/pressure";
import { routes } from "@/lib/server/routes";

/**
 * The way of a request to `server`, link by link: each answers it or hands it to the next. `root`: the folder of the
 * build; `next`: Next, for pages and files.
 */
export async function chain(server: ApiServer, root: string, kept: Store, next: Listener): Promise<void> {
  const requests = new Requests();
  metrics.add("requests", requests.families);
  const handlers = await routes(root, next, requests.name);
  const made = measure(requests, pressure(handlers));
  const origin = cacheOrigin(kept, (req) => requests.hitsOf(req));
  const cache = new ResponseCache(origin, config().cacheSize, made);
  metrics.add("cache", () => cacheFamilies(cache));
  guard(server, settleLanguage(cache.answer));
}
