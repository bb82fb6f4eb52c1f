import { toDigest } from "@/lib/webhooks/digest";
import type { Format } from "@/lib/webhooks/format";

/** A topic of an ntfy server: https://ntfy.sh/…. https://docs.ntfy.sh/publish/ */
export const ntfy: Format = {
  missing: ({ pathname }) =>
    /^\/[\w-]{1,64}$/.test(pathname) ? null : "Must name one topic: https://ntfy.sh/…",
  toCall: (message, url) => {
    const { title, excerpt, link } = toDigest(message);
    return {
      method: "POST",
      url,
      // What people wrote is in the body alone, as plain text. The link is in ASCII, as URLs are parsed.
      headers: { "Content-Type": "text/plain; charset=utf-8", ...(link !== null && { Click: link }) },
      body: [title, excerpt].filter((line) => line !== null).join("\n"),
    };
  },
};
