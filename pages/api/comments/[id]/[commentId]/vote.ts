import { isAuthor } from "@/lib/comments";
import { locateComment, placeOf } from "@/lib/http/comments";
import { readBody } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { wantsPage } from "@/lib/http/negotiate";
import { api } from "@/lib/http/router";
import { redirect, send } from "@/lib/http/send";
import { Problem } from "@/lib/problems";
import { vote } from "@/lib/schemas/comments";
import { toVoter } from "@/lib/voters";

export const config = { api: { bodyParser: false } };

export default api()
  .put(limit("votes"), async (req, res) => {
    const { kept, who, comment } = await locateComment(req);
    const { value } = await readBody(req, vote);
    const mine = who.role === null && comment.network === who.network;
    if (mine || isAuthor(who, comment)) throw new Problem("own_comment");
    const votes = await kept.comments.vote(comment.id, toVoter(who), value, new Date().toISOString());
    if (!votes) throw new Problem("comment_not_found");
    if (wantsPage(req)) return redirect(res, 303, placeOf(comment));
    send(req, res, 200, JSON.stringify({ ...votes, mine: value }));
  })
  .handler({ POST: "Use PUT to vote", DELETE: 'Use PUT with { "value": 0 } to take a vote back' });
