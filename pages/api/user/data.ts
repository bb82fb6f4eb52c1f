import { logEvent } from "@/lib/http/events";
import { readBody, readQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { wantsPage } from "@/lib/http/negotiate";
import { sendPersonal } from "@/lib/http/personal";
import { api } from "@/lib/http/router";
import { prefersMinimal, redirect, send, sendNothing } from "@/lib/http/send";
import { locateMyself } from "@/lib/http/users";
import { noQuery } from "@/lib/schemas/queries";
import { leaving } from "@/lib/schemas/users";
import { removeUser } from "@/lib/users";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    readQuery(req, noQuery);
    const { kept, permit } = await locateMyself(req);
    logEvent(req, res, "data exported", { user: permit.person.id });
    await sendPersonal(req, res, kept, permit.person);
  })
  .delete(limit("changes"), async (req, res) => {
    const { kept, who, permit } = await locateMyself(req);
    const { currentPassword } = await readBody(req, leaving);
    await removeUser(kept, who, permit, { erase: true, currentPassword });
    logEvent(req, res, "data erased", { user: permit.person.id });
    if (prefersMinimal(req, res)) return sendNothing(res, 204);
    if (wantsPage(req)) return redirect(res, 303, "/");
    send(req, res, 200, '{"message":"Everything about you is erased"}');
  })
  .handler();
