import { addressOf, locateComment } from "@/lib/http/comments";
import { readQuery } from "@/lib/http/input";
import { api } from "@/lib/http/router";
import { redirect } from "@/lib/http/send";
import { Problem } from "@/lib/problems";
import { noQuery } from "@/lib/schemas/queries";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    readQuery(req, noQuery);
    const { kept, who, comment } = await locateComment(req);
    const json = await kept.comments.json(comment.id, "public", "");
    if (json === null) throw new Problem("comment_not_found");
    // Our own page is told which comment to begin with, in case the thread has many pages.
    redirect(res, 307, addressOf(json).replace(/^\/posts\/[^#?]+(?=#)/, `${who.base}$&?at=${comment.id}`));
  })
  .handler();
