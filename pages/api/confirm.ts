import { readQuery } from "@/lib/http/input";
import { limitNetwork } from "@/lib/http/limit";
import { readLinkToken } from "@/lib/http/links";
import { wantsPage } from "@/lib/http/negotiate";
import { api } from "@/lib/http/router";
import { redirect, send } from "@/lib/http/send";
import { confirmPath } from "@/lib/mail/links";
import { takeOffer } from "@/lib/mail/offers";
import { Problem } from "@/lib/problems";
import { linkUse } from "@/lib/schemas/links";
import { store } from "@/lib/store";
import { pageTranslator } from "@/lib/texts";

export const config = { api: { bodyParser: false } };

export default api()
  // The address of a List-Unsubscribe field, opened in a browser: there it is asked first.
  .get(async (req, res) => {
    const { token } = readQuery(req, linkUse);
    redirect(res, 303, confirmPath(encodeURIComponent(token)));
  })
  .post(limitNetwork("links"), async (req, res) => {
    const { token, oneClick } = await readLinkToken(req);
    const purpose = await takeOffer(await store(), token, oneClick, Date.now());
    if (purpose === null) throw new Problem("link_over");
    if (wantsPage(req)) redirect(res, 303, `/confirm?done=${purpose}`);
    else send(req, res, 200, JSON.stringify({ message: pageTranslator("en")(`${purpose}.done`) }));
  })
  .handler();
