import { etag, notModified } from "@/lib/http/conditional";
import { readQuery, readSegment } from "@/lib/http/input";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { requirePost, toPublicPost } from "@/lib/posts";
import { noQuery } from "@/lib/schemas/queries";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    readQuery(req, noQuery);
    const post = await requirePost(await store(), readSegment(req, "id"));
    if (!notModified(req, res, etag(post.version, `p${post.id}`)))
      send(req, res, 200, JSON.stringify(toPublicPost(post)));
  })
  .handler();
