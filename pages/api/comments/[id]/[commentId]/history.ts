import { requireRole } from "@/lib/http/auth";
import { locateComment } from "@/lib/http/comments";
import { readQuery } from "@/lib/http/input";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { noQuery } from "@/lib/schemas/queries";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    readQuery(req, noQuery);
    await requireRole(req, "moderator");
    const { kept, comment } = await locateComment(req);
    send(req, res, 200, JSON.stringify(await kept.comments.history(comment.id)));
  })
  .handler();
