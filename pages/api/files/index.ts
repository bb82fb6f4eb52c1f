import { addressOf, createFile, requireRoom, toPublicFile } from "@/lib/files";
import { requireRole } from "@/lib/http/auth";
import { limit } from "@/lib/http/limit";
import { wantsPage } from "@/lib/http/negotiate";
import { api } from "@/lib/http/router";
import { redirect, send } from "@/lib/http/send";
import { readUpload, requireUpload } from "@/lib/http/upload";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api()
  .upload(limit("files"), async (req, res) => {
    const who = await requireRole(req, "author");
    const kept = await store();
    await requireRoom(kept, requireUpload(req));
    const { file, created } = await createFile(kept, who, await readUpload(req));
    const Location = addressOf(file);
    if (wantsPage(req)) return redirect(res, 303, Location);
    send(req, res, created ? 201 : 200, JSON.stringify(toPublicFile(file, who.base)), { Location });
  })
  .handler({
    GET: "Use GET /api/files/[...path] for one file",
    DELETE: "Use DELETE /api/files/[...path] for one file",
  });
