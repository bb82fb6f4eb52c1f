import { answerEvents } from "@/lib/http/eventStream";
import { readQuery, readSegment } from "@/lib/http/input";
import { limitNetwork } from "@/lib/http/limit";
import { api } from "@/lib/http/router";
import { requireHead } from "@/lib/posts";
import { eventsQuery } from "@/lib/schemas/events";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api(["text/event-stream"])
  .get(limitNetwork("streams"), async (req, res) => {
    const { lastEventId } = readQuery(req, eventsQuery);
    const last = req.headers["last-event-id"] ?? lastEventId ?? "";
    const { id } = await requireHead(await store(), readSegment(req, "id"));
    await answerEvents(req, res, id, last === "" ? null : String(last));
  })
  .handler();
