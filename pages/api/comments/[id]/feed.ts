import { answerThreadFeed, FEED_TYPES } from "@/lib/http/feeds";
import { readQuery, readSegment } from "@/lib/http/input";
import { api } from "@/lib/http/router";
import { feedQuery } from "@/lib/schemas/feeds";

export const config = { api: { bodyParser: false } };

export default api(FEED_TYPES)
  .get((req, res) => answerThreadFeed(req, res, readSegment(req, "id"), readQuery(req, feedQuery)))
  .handler();
