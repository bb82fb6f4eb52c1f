import { notModified } from "@/lib/http/conditional";
import { readBody, readQuery, readSegment, refuseQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { wantsPage } from "@/lib/http/negotiate";
import { answerPostChange, locatePostForChange, postTag } from "@/lib/http/posts";
import { api } from "@/lib/http/router";
import { prefersMinimal, redirect, send, sendNothing } from "@/lib/http/send";
import { removePost } from "@/lib/posting";
import { requirePost, toPublicPost } from "@/lib/posts";
import { postChange, postReplacement } from "@/lib/schemas/posts";
import { noQuery } from "@/lib/schemas/queries";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    readQuery(req, noQuery);
    const post = await requirePost(await store(), readSegment(req, "id"));
    if (!notModified(req, res, postTag(post))) send(req, res, 200, JSON.stringify(toPublicPost(post)));
  })
  .put(limit("changes"), async (req, res) => {
    await answerPostChange(req, res, () => readBody(req, postReplacement));
  })
  .patch(limit("changes"), async (req, res) => {
    await answerPostChange(req, res, () => readBody(req, postChange));
  })
  .delete(limit("changes"), async (req, res) => {
    refuseQuery(req);
    const { kept, who, post, version } = await locatePostForChange(req);
    const deleted = toPublicPost(await removePost(kept, who, post, version));
    if (prefersMinimal(req, res)) return sendNothing(res, 204);
    if (wantsPage(req)) return redirect(res, 303, "/posts");
    send(req, res, 200, JSON.stringify({ message: "Post deleted", deleted }));
  })
  .handler({ POST: "Use POST /api/posts to create a post" });
