import { baseOf } from "@/lib/http/auth";
import { etag, notModified } from "@/lib/http/conditional";
import { readQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { searchQuery } from "@/lib/schemas/search";
import { search } from "@/lib/search";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api()
  .get(limit("search"), async (req, res) => {
    const query = readQuery(req, searchQuery);
    const kept = await store();
    const base = baseOf(req);
    const { version } = await kept.site();
    if (notModified(req, res, etag(version, "search", base))) return;
    send(req, res, 200, JSON.stringify(await search(kept, query, base)));
  })
  .handler();
