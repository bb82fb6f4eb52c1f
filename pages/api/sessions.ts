import { requireUser } from "@/lib/http/auth";
import { sendTagged } from "@/lib/http/conditional";
import { logEvent } from "@/lib/http/events";
import { readQuery } from "@/lib/http/input";
import { api } from "@/lib/http/router";
import { prefersMinimal, send, sendNothing } from "@/lib/http/send";
import { listSessions } from "@/lib/http/session";
import { Problem } from "@/lib/problems";
import { noQuery } from "@/lib/schemas/queries";
import { sessionsQuery } from "@/lib/schemas/sessions";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    readQuery(req, noQuery);
    const { user, session } = await requireUser(req);
    const list = await listSessions(await store(), user.id);
    sendTagged(req, res, JSON.stringify(list.map((one) => ({ ...one, current: one.id === session }))));
  })
  .delete(async (req, res) => {
    const { id } = readQuery(req, sessionsQuery);
    const { user, session } = await requireUser(req);
    const kept = await store();
    const ended = await kept.sessions.end(user.id, id === undefined ? { except: session } : { only: id });
    if (id !== undefined && ended.length === 0) throw new Problem("session_not_found");
    logEvent(req, res, "sessions ended", { user: user.id, count: ended.length });
    if (prefersMinimal(req, res)) return sendNothing(res, 204);
    const deleted = ended.map((one) => ({ ...one, current: one.id === session }));
    send(req, res, 200, JSON.stringify({ message: "Sessions ended", deleted }));
  })
  .handler();
