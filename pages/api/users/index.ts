import { whoAsks } from "@/lib/http/auth";
import { readBody, readQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { wantsPage } from "@/lib/http/negotiate";
import { api } from "@/lib/http/router";
import { redirect, send } from "@/lib/http/send";
import { answerUsers } from "@/lib/http/users";
import { newUser, usersQuery } from "@/lib/schemas/users";
import { store } from "@/lib/store";
import { createUser, requireSignUp, toUserAnswer } from "@/lib/users";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    await answerUsers(req, res, readQuery(req, usersQuery));
  })
  .post(limit("accounts"), async (req, res) => {
    const who = await whoAsks(req);
    requireSignUp(who);
    const person = await createUser(await store(), who, await readBody(req, newUser));
    if (wantsPage(req)) return redirect(res, 303, who.role === null ? "/login" : "/people");
    const answer = { ...toUserAnswer(person, { role: who.role, user: person }), message: "User created" };
    send(req, res, 201, JSON.stringify(answer), { Location: `/api/users/${person.id}` });
  })
  .handler({
    PUT: "Use /api/users/[id] for updates",
    PATCH: "Use /api/users/[id] for updates",
    DELETE: "Use /api/users/[id] to delete a user",
  });
