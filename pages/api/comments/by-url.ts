import { isHidden, viewOf } from "@/lib/comments";
import { whoAsks } from "@/lib/http/auth";
import { etag, notModified } from "@/lib/http/conditional";
import { readQuery } from "@/lib/http/input";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { answerThread } from "@/lib/http/threads";
import { isOwnSite, pageKey, toPageUrl } from "@/lib/pages";
import { invalid, Problem } from "@/lib/problems";
import { byUrlQuery } from "@/lib/schemas/comments";
import { store } from "@/lib/store";

const NOBODY_YET = '{"post":null,"total":0,"commentsOpen":true,"comments":[]}';

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    const query = readQuery(req, byUrlQuery);
    const url = toPageUrl(query.url);
    if (!url) throw invalid("url", "Must be the address of a web page");
    const kept = await store();
    const who = await whoAsks(req);
    const post = await kept.posts.head({ page: pageKey(url) });
    if (post && !isHidden(post, who)) return answerThread(req, res, kept, post, who, query);
    if (!isOwnSite(url)) throw new Problem("origin_not_allowed");
    if (!notModified(req, res, etag(0, "nobody", viewOf(who))))
      send(req, res, 200, NOBODY_YET, { "X-Total-Count": 0 });
  })
  .handler({ POST: "Use POST /api/comments, with the page's URL as post" });
