import { exportLines } from "@/lib/export/write";
import { requireRole } from "@/lib/http/auth";
import { disposition } from "@/lib/http/disposition";
import { logEvent } from "@/lib/http/events";
import { readQuery } from "@/lib/http/input";
import { api } from "@/lib/http/router";
import { sendPieces } from "@/lib/http/stream";
import { exportQuery } from "@/lib/schemas/exports";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api(["application/x-ndjson", "application/problem+json"])
  .get(async (req, res) => {
    const { user } = await requireRole(req, "admin");
    readQuery(req, exportQuery);
    const day = new Date().toISOString().slice(0, 10);
    res.setHeader("Content-Type", "application/x-ndjson; charset=utf-8");
    res.setHeader("Content-Disposition", disposition("attachment", `antiphon-${day}.ndjson`));
    res.setHeader("Cache-Control", "private, no-store");
    if (req.method === "GET") logEvent(req, res, "site exported", { user: user?.id });
    await sendPieces(req, res, exportLines(await store()), { gzip: true });
  })
  .handler();
