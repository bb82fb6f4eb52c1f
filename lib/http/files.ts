import { pipeline } from "node:stream/promises";
import type { NextApiRequest, NextApiResponse } from "next";
import type { KeptFile } from "@/db/port/files";
import type { Store } from "@/db/store";
import { requireFile, toPublicFile } from "@/lib/files";
import { openBytes } from "@/lib/files/folder";
import { toDownloadName } from "@/lib/files/names";
import { FILE_TYPES, isPicture } from "@/lib/files/types";
import { etag, notModified } from "@/lib/http/conditional";
import { disposition } from "@/lib/http/disposition";
import { negotiate } from "@/lib/http/negotiate";
import { readRange } from "@/lib/http/ranges";
import { send } from "@/lib/http/send";
import { log } from "@/lib/log";
import { Problem } from "@/lib/problems";

const JSON_TYPE = "application/json";

/** What `GET /api/files/[...path]` can answer. */
export const ANSWERED_TYPES = [...FILE_TYPES, JSON_TYPE, "application/problem+json"];

/** The file that the path names. Throws 404, the same for what is not there and what can't be. */
export function locateFile(req: NextApiRequest, kept: Store): Promise<KeptFile> {
  return requireFile(kept, [req.query.path ?? []].flat());
}

/** The ETags of a file: of its bytes, and of its description. */
export function fileTags(file: KeptFile, base: string): [bytes: string, description: string] {
  return [`"${file.sha256}"`, etag(file.id, "f", base)];
}

/** Answers the file, or its description to those who like JSON better. */
export async function answerFile(
  req: NextApiRequest,
  res: NextApiResponse,
  kept: Store,
  file: KeptFile,
  base: string,
): Promise<void> {
  const [bytes, description] = fileTags(file, base);
  if (negotiate(req, [file.type, JSON_TYPE]) !== JSON_TYPE) return sendBytes(req, res, kept, file, bytes);
  if (!notModified(req, res, description)) send(req, res, 200, JSON.stringify(toPublicFile(file, base)));
}

async function sendBytes(
  req: NextApiRequest,
  res: NextApiResponse,
  kept: Store,
  file: KeptFile,
  tag: string,
): Promise<void> {
  const { size, type, filename } = file;
  if (notModified(req, res, tag)) return;
  const span = readRange(req, size, tag);
  const { start, end } = span ?? { start: 0, end: size - 1 };
  const handle = await openBytes(file.place);
  if (handle === null) {
    // Unless it was deleted just now.
    if (await kept.files.find(file.path)) log.error({ file: file.id }, "the bytes of a file are lost");
    throw new Problem("file_not_found");
  }
  res.statusCode = span ? 206 : 200;
  if (span) res.setHeader("Content-Range", `bytes ${start}-${end}/${size}`);
  res.setHeader("Accept-Ranges", "bytes");
  res.setHeader("Content-Length", end - start + 1);
  res.setHeader("Content-Type", type === "text/plain" ? "text/plain; charset=utf-8" : type);
  // Whatever is in it, it runs nothing and loads nothing, even where somebody opens it as a page.
  res.setHeader("Content-Security-Policy", "sandbox; default-src 'none'");
  const name = toDownloadName(filename, type);
  res.setHeader("Content-Disposition", disposition(isPicture(type) ? "inline" : "attachment", name));
  if (req.method === "HEAD") {
    await handle.close();
    return void res.end();
  }
  await pipeline(handle.createReadStream({ start, end }), res).catch((error: unknown) => {
    // The reader has gone, which is no fault of ours.
    if (!(error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE"))
      throw error;
  });
}
