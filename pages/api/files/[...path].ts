import { removeFile, requireFileRight, toPublicFile } from "@/lib/files";
import { baseOf, requireRole } from "@/lib/http/auth";
import { requireMatch } from "@/lib/http/conditional";
import { ANSWERED_TYPES, answerFile, fileTags, locateFile } from "@/lib/http/files";
import { readQuery, refuseQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { wantsPage } from "@/lib/http/negotiate";
import { api } from "@/lib/http/router";
import { prefersMinimal, redirect, send, sendNothing } from "@/lib/http/send";
import { noQuery } from "@/lib/schemas/queries";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false, responseLimit: false } };

export default api(ANSWERED_TYPES)
  .get(async (req, res) => {
    readQuery(req, noQuery);
    const kept = await store();
    await answerFile(req, res, kept, await locateFile(req, kept), baseOf(req));
  })
  .delete(limit("changes"), async (req, res) => {
    refuseQuery(req);
    const who = await requireRole(req, "author");
    const kept = await store();
    const file = await locateFile(req, kept);
    const by = requireFileRight(who, file);
    requireMatch(req, fileTags(file, who.base));
    await removeFile(kept, file, by);
    if (prefersMinimal(req, res)) return sendNothing(res, 204);
    if (wantsPage(req)) return redirect(res, 303, "/");
    send(req, res, 200, JSON.stringify({ message: "File deleted", deleted: toPublicFile(file, who.base) }));
  })
  .handler({ POST: "Use POST /api/files to upload", PUT: "Delete the file, then upload another" });
