import { requireRole } from "@/lib/http/auth";
import { locateComment } from "@/lib/http/comments";
import { sendTagged } from "@/lib/http/conditional";
import { readQuery } from "@/lib/http/input";
import { api } from "@/lib/http/router";
import { noQuery } from "@/lib/schemas/queries";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    readQuery(req, noQuery);
    await requireRole(req, "moderator");
    const { kept, comment } = await locateComment(req);
    sendTagged(req, res, JSON.stringify(await kept.comments.history(comment.id)));
  })
  .handler();
