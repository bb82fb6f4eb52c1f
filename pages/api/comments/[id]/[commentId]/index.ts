import { changeComment, removeComment } from "@/lib/commentChanges";
import { commentTag, locateComment, locateForChange, pageOfChange, pageOfRemoval } from "@/lib/http/comments";
import { notModified } from "@/lib/http/conditional";
import { readBody, readQuery, refuseQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { wantsPage } from "@/lib/http/negotiate";
import { api } from "@/lib/http/router";
import { prefersMinimal, redirect, send, sendNothing } from "@/lib/http/send";
import { Problem } from "@/lib/problems";
import { commentChange } from "@/lib/schemas/comments";
import { noQuery } from "@/lib/schemas/queries";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    readQuery(req, noQuery);
    const { kept, who, post, comment, view } = await locateComment(req);
    if (notModified(req, res, commentTag(comment, view, who.base, post))) return;
    const json = await kept.comments.json(comment.id, view, who.base);
    if (json === null) throw new Problem("comment_not_found");
    send(req, res, 200, json);
  })
  .patch(limit("changes"), async (req, res) => {
    const { kept, who, permit } = await locateForChange(req);
    const { json, held } = await changeComment(kept, who, permit, await readBody(req, commentChange));
    if (prefersMinimal(req, res)) return sendNothing(res, 204);
    if (wantsPage(req)) return redirect(res, 303, pageOfChange(req, permit.comment, held));
    send(req, res, held ? 202 : 200, json);
  })
  .delete(limit("changes"), async (req, res) => {
    refuseQuery(req);
    const { kept, who, permit } = await locateForChange(req);
    const { before } = await removeComment(kept, who, permit);
    if (prefersMinimal(req, res)) return sendNothing(res, 204);
    if (wantsPage(req)) return redirect(res, 303, pageOfRemoval(req, permit.comment));
    send(req, res, 200, `{"message":"Comment deleted","deleted":${before}}`);
  })
  .handler({ PUT: "Use PATCH to change a comment", POST: "Use POST /api/comments with parent to reply" });
