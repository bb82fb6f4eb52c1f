import { sendTagged } from "@/lib/http/conditional";
import { clearSessionCookie } from "@/lib/http/cookie";
import { logEvent } from "@/lib/http/events";
import { readBody, readQuery } from "@/lib/http/input";
import { limitNetwork } from "@/lib/http/limit";
import { wantsPage } from "@/lib/http/negotiate";
import { readNext } from "@/lib/http/next";
import { api } from "@/lib/http/router";
import { redirect, sendNothing } from "@/lib/http/send";
import { findSession, ownPagesOnly } from "@/lib/http/session";
import { answerSignIn } from "@/lib/http/signIn";
import { readMyself } from "@/lib/http/users";
import { noQuery } from "@/lib/schemas/queries";
import { credentials, signOut } from "@/lib/schemas/sessions";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    readQuery(req, noQuery);
    const { myself } = await readMyself(req);
    sendTagged(req, res, JSON.stringify({ authorized: true, user: myself }));
  })
  .post(ownPagesOnly, limitNetwork("sign-ins"), async (req, res) => {
    await answerSignIn(req, res, await readBody(req, credentials));
  })
  .delete(ownPagesOnly, async (req, res) => {
    const { next } = await readBody(req, signOut);
    const kept = await store();
    const session = await findSession(req, kept);
    if (session) {
      await kept.sessions.end(session.user.id, { only: session.id });
      logEvent(req, res, "signed out", { user: session.user.id });
    }
    clearSessionCookie(res);
    if (wantsPage(req)) redirect(res, 303, readNext(next) ?? "/");
    else sendNothing(res, 204);
  })
  .handler();
