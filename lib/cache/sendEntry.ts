import type { IncomingHttpHeaders } from "node:http";
import { chooseCoding } from "@/lib/cache/codings";
import type { Entry, Form } from "@/lib/cache/entry";
import { namesTag } from "@/lib/http/entityTags";
import type { ApiRequest, ApiResponse } from "@/lib/http/messages";

/**
 * Answers from what is kept, in the coding that the caller likes best: 200, or 304 where it has that already (RFC 9110
 * §13). `more`: fields for this answer only, as they are sent. Where the coding has yet to be made, resolves once
 * the answer is out; the entry has grown then.
 */
export function sendEntry(
  req: ApiRequest,
  res: ApiResponse,
  entry: Entry,
  more: string,
): Promise<void> | undefined {
  const coding = chooseCoding(req.headers["accept-encoding"]);
  const form = entry.find(coding);
  if (form || coding === "identity") {
    sendForm(req, res, entry, form ?? entry.plain, more);
    return undefined;
  }
  return entry.make(coding).then((made) => {
    sendForm(req, res, entry, made, more);
  });
}

function sendForm(req: ApiRequest, res: ApiResponse, entry: Entry, form: Form, more: string): void {
  res.release();
  if (isUnchanged(req.headers, entry)) {
    res.writeReady(304, form.unchanged + more);
    res.end();
    return;
  }
  res.writeReady(200, form.whole + more);
  res.end(req.method === "HEAD" ? undefined : form.body);
}

/** `If-Modified-Since` counts only where no `If-None-Match` comes with it (RFC 9110 §13.1.3). */
function isUnchanged(headers: IncomingHttpHeaders, { tag, lastModified }: Entry): boolean {
  const { "if-none-match": tags, "if-modified-since": since } = headers;
  if (tags !== undefined) return tag !== undefined && namesTag(tags, tag);
  if (since === undefined || lastModified === undefined) return false;
  return Date.parse(lastModified) <= Date.parse(since);
}
