import { answerEvents } from "@/lib/http/eventStream";
import { readQuery, readSegment } from "@/lib/http/input";
import { limitNetwork } from "@/lib/http/limit";
import { api } from "@/lib/http/router";
import { requireHead } from "@/lib/posts";
import { Problem } from "@/lib/problems";
import { eventsQuery } from "@/lib/schemas/events";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api(["text/event-stream"])
  .get(limitNetwork("streams"), async (req, res) => {
    const { lastEventId } = readQuery(req, eventsQuery);
    const last = req.headers["last-event-id"] ?? lastEventId ?? "";
    const post = await requireHead(await store(), readSegment(req, "id"));
    // Nobody is told of a page on which nothing is to be seen, moderators neither: here all see the same.
    if (!post.listed) throw new Problem("post_not_found");
    await answerEvents(req, res, post.id, last === "" ? null : String(last));
  })
  .handler();
