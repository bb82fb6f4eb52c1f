import { drawAvatar } from "@/lib/avatars";
import { etag, notModified } from "@/lib/http/conditional";
import { readQuery, readSegment } from "@/lib/http/input";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { Problem } from "@/lib/problems";
import { noQuery } from "@/lib/schemas/queries";

export const config = { api: { bodyParser: false } };

// Next never matches a file named [seed].svg.ts, so the ending is checked here.
export default api(["image/svg+xml", "application/problem+json"])
  .get((req, res) => {
    readQuery(req, noQuery);
    const seed = /^([0-9a-f]{16})\.svg$/.exec(readSegment(req, "seed"))?.[1];
    if (seed === undefined) throw new Problem("not_found");
    const forever = { "Cache-Control": "public, max-age=31536000, immutable" };
    if (!notModified(req, res, etag(0, seed)))
      send(req, res, 200, drawAvatar(seed), { "Content-Type": "image/svg+xml", ...forever });
  })
  .handler();
