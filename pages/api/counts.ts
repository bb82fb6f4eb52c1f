import { etag, notModified } from "@/lib/http/conditional";
import { readQuery } from "@/lib/http/input";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { toPostRef } from "@/lib/posts";
import { countsQuery } from "@/lib/schemas/comments";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    const { post: keys } = readQuery(req, countsQuery);
    const kept = await store();
    const { version } = await kept.site();
    if (notModified(req, res, etag(version, "counts"))) return;
    const counts = await kept.posts.counts(keys.map(toPostRef));
    send(req, res, 200, JSON.stringify(Object.fromEntries(keys.map((key, index) => [key, counts[index]]))));
  })
  .handler();
