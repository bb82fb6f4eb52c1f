import { locateComment, pageOfVote } from "@/lib/http/comments";
import { readBody } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { wantsPage } from "@/lib/http/negotiate";
import { api } from "@/lib/http/router";
import { redirect, send } from "@/lib/http/send";
import { vote } from "@/lib/schemas/comments";
import { voteFor } from "@/lib/voters";

export const config = { api: { bodyParser: false } };

export default api()
  .put(limit("votes"), async (req, res) => {
    const { kept, who, comment } = await locateComment(req);
    const { value } = await readBody(req, vote);
    const votes = await voteFor(kept, who, comment, value);
    if (wantsPage(req)) return redirect(res, 303, pageOfVote(req, comment, value));
    send(req, res, 200, votes);
  })
  .handler({ POST: "Use PUT to vote", DELETE: 'Use PUT with { "value": 0 } to take a vote back' });
