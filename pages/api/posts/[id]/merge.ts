import { requireRole } from "@/lib/http/auth";
import { readBody } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { wantsPage } from "@/lib/http/negotiate";
import { locateOwnPost, postTag } from "@/lib/http/posts";
import { api } from "@/lib/http/router";
import { redirect, send } from "@/lib/http/send";
import { mergePosts } from "@/lib/posting";
import { toPublicPost } from "@/lib/posts";
import { merging } from "@/lib/schemas/posts";

export const config = { api: { bodyParser: false } };

export default api()
  .post(limit("changes"), async (req, res) => {
    await requireRole(req, "moderator");
    const { kept, who, post } = await locateOwnPost(req);
    const merged = await mergePosts(kept, who, post, (await readBody(req, merging)).into);
    if (wantsPage(req)) return redirect(res, 303, `/posts/${merged.slug}`);
    send(req, res, 200, JSON.stringify(toPublicPost(merged)), { ETag: postTag(merged) });
  })
  .handler();
