import { askGuestData } from "@/lib/guests";
import { logEvent } from "@/lib/http/events";
import { answerGuestData, answerGuestErasure, readFarewell } from "@/lib/http/guests";
import { readBody, readQuery } from "@/lib/http/input";
import { limit, limitNetwork } from "@/lib/http/limit";
import { wantsPage } from "@/lib/http/negotiate";
import { sendPersonal } from "@/lib/http/personal";
import { api } from "@/lib/http/router";
import { prefersMinimal, redirect, send, sendNothing } from "@/lib/http/send";
import { locateMyself } from "@/lib/http/users";
import { dataAsked, linkQuery } from "@/lib/schemas/links";
import { store } from "@/lib/store";
import { removeUser } from "@/lib/users";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    const { token } = readQuery(req, linkQuery);
    if (token !== undefined) return answerGuestData(req, res, token);
    const { kept, permit } = await locateMyself(req);
    logEvent(req, res, "data exported", { user: permit.person.id });
    await sendPersonal(req, res, kept, permit.person);
  })
  .post(limitNetwork("mailed-links"), async (req, res) => {
    const { email } = await readBody(req, dataAsked);
    await askGuestData(await store(), email);
    if (wantsPage(req)) redirect(res, 303, "/data?sent=1");
    else send(req, res, 202, '{"message":"If anything is held under this address, a link is on its way"}');
  })
  .delete(limit("changes"), async (req, res) => {
    const { token, currentPassword } = await readFarewell(req);
    if (token !== undefined) return answerGuestErasure(req, res, token);
    const { kept, who, permit } = await locateMyself(req);
    await removeUser(kept, who, permit, { erase: true, currentPassword });
    logEvent(req, res, "data erased", { user: permit.person.id });
    if (prefersMinimal(req, res)) return sendNothing(res, 204);
    if (wantsPage(req)) return redirect(res, 303, "/");
    send(req, res, 200, '{"message":"Everything about you is erased"}');
  })
  .handler();
