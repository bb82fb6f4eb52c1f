import { locateComment, pageOfReport } from "@/lib/http/comments";
import { readBody } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { wantsPage } from "@/lib/http/negotiate";
import { api } from "@/lib/http/router";
import { redirect, send } from "@/lib/http/send";
import { report } from "@/lib/schemas/comments";
import { reportComment } from "@/lib/voters";

export const config = { api: { bodyParser: false } };

export default api()
  .post(limit("reports"), async (req, res) => {
    const { kept, who, comment } = await locateComment(req);
    await reportComment(kept, who, comment, await readBody(req, report));
    if (wantsPage(req)) return redirect(res, 303, pageOfReport(req, comment));
    send(req, res, 202, '{"message":"Reported"}');
  })
  .handler();
