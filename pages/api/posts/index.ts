import { toAuthorKey } from "@/lib/authors";
import { etag, notModified } from "@/lib/http/conditional";
import { readQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { fromCursor, keyOf, linkNext } from "@/lib/http/page";
import { answerNewPost } from "@/lib/http/posts";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { toPublicPost } from "@/lib/posts";
import { postsQuery } from "@/lib/schemas/posts";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    const { author, category, q, cursor, limit: most } = readQuery(req, postsQuery);
    const kept = await store();
    const site = await kept.site();
    if (notModified(req, res, etag(site.version, "posts"))) return;
    const wanted = {
      author: author && toAuthorKey(author),
      category,
      q,
      limit: most,
      after: fromCursor("time", cursor),
    };
    const { rows, more } = await kept.posts.list(wanted);
    const last = rows.at(-1);
    if (more && last) linkNext(req, res, "time", keyOf("time", last));
    const total = (author ?? category ?? q) === undefined ? { "X-Total-Count": site.posts } : {};
    send(req, res, 200, JSON.stringify(rows.map(toPublicPost)), total);
  })
  .post(limit("changes"), async (req, res) => {
    await answerNewPost(req, res);
  })
  .handler({ PUT: "Use /api/posts/[id] for updates", DELETE: "Use /api/posts/[id] to delete a post" });
