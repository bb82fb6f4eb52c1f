import { logEvent } from "@/lib/http/events";
import { readBody } from "@/lib/http/input";
import { limitNetwork } from "@/lib/http/limit";
import { wantsPage } from "@/lib/http/negotiate";
import { api } from "@/lib/http/router";
import { redirect, send } from "@/lib/http/send";
import { ownPagesOnly } from "@/lib/http/session";
import { askReset, resetPassword } from "@/lib/reset";
import { newPasswordByLink, resetAsked } from "@/lib/schemas/links";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api()
  .post(ownPagesOnly, limitNetwork("mailed-links"), async (req, res) => {
    const { email } = await readBody(req, resetAsked);
    await askReset(await store(), email);
    if (wantsPage(req)) redirect(res, 303, "/forgotten?sent=1");
    else
      send(req, res, 202, '{"message":"If somebody has an account with this address, a link is on its way"}');
  })
  .put(limitNetwork("links"), async (req, res) => {
    const user = await resetPassword(await store(), await readBody(req, newPasswordByLink));
    logEvent(req, res, "password reset", { user });
    if (wantsPage(req)) redirect(res, 303, "/login?changed=1");
    else send(req, res, 200, '{"message":"Password changed"}');
  })
  .handler();
