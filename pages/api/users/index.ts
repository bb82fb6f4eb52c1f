import { whoAsks } from "@/lib/http/auth";
import { logEvent } from "@/lib/http/events";
import { readQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { wantsPage } from "@/lib/http/negotiate";
import { readNext } from "@/lib/http/next";
import { api } from "@/lib/http/router";
import { redirect, send } from "@/lib/http/send";
import { answerSetup } from "@/lib/http/signIn";
import { answerUsers, readNewUser } from "@/lib/http/users";
import { usersQuery } from "@/lib/schemas/users";
import { store } from "@/lib/store";
import { createUser, toCreated } from "@/lib/users";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    await answerUsers(req, res, readQuery(req, usersQuery));
  })
  .post(limit("accounts"), async (req, res) => {
    const who = await whoAsks(req);
    const input = await readNewUser(req, who);
    if (input.firstAdmin) return answerSetup(req, res, input.firstAdmin);
    const person = await createUser(await store(), who, input.user);
    logEvent(req, res, "account made", { user: person.id });
    const page = readNext(input.user.next) ?? (who.role === null ? "/login" : "/people");
    if (wantsPage(req)) return redirect(res, 303, page);
    send(req, res, 201, JSON.stringify(toCreated(person)), { Location: `/api/users/${person.id}` });
  })
  .handler({
    PUT: "Use /api/users/[id] for updates",
    PATCH: "Use /api/users/[id] for updates",
    DELETE: "Use /api/users/[id] to delete a user",
  });
