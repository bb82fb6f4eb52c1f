import { escapeHtml } from "@/lib/escapeHtml";
import type { Block, Letter } from "@/lib/mail/letter";
import { confirmPath } from "@/lib/mail/links";

/** A letter as it is sent. */
export interface Composed {
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
}

/** The longest subject, in characters. */
const SUBJECT = 150;
const UNSUBSCRIBE = "No more of these";

/** Makes plain text, HTML and header fields of a letter. `base`: what its links begin with. */
export function compose({ subject, blocks, unsubscribe }: Letter, base: string): Composed {
  const end: Block[] =
    unsubscribe === undefined ? [] : [{ links: [{ label: UNSUBSCRIBE, path: confirmPath(unsubscribe) }] }];
  const all = [...blocks, ...end];
  return {
    subject: toLine(subject, SUBJECT),
    text: `${all.map((block) => toText(block, base)).join("\n\n")}\n`,
    html: `<!doctype html>\n<html><head><meta charset="utf-8"></head><body>\n${all.map((block) => toHtml(block, base)).join("\n")}\n</body></html>\n`,
    headers: {
      // RFC 3834: no out-of-office note comes back.
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
      ...(unsubscribe !== undefined && {
        "List-Unsubscribe": `<${base}/api/confirm?token=${unsubscribe}>`,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      }),
    },
  };
}

function toText(block: Block, base: string): string {
  if ("links" in block)
    return block.links.map(({ label, path }) => `${plain(label)}:\n${toUrl(path, base)}`).join("\n\n");
  if ("quote" in block) return plain(block.quote).replace(/^/gm, "> ");
  return plain(block.text);
}

function toHtml(block: Block, base: string): string {
  if ("links" in block)
    return block.links
      .map(
        ({ label, path }) =>
          `<p><a href="${escapeHtml(toUrl(path, base))}">${escapeHtml(plain(label))}</a></p>`,
      )
      .join("\n");
  const text = escapeHtml(plain("quote" in block ? block.quote : block.text)).replaceAll("\n", "<br>\n");
  return "quote" in block ? `<blockquote>${text}</blockquote>` : `<p>${text}</p>`;
}

/** Throws unless it leads to this server. */
function toUrl(path: string, base: string): string {
  const url = new URL(base + path);
  if (!path.startsWith("/") || url.origin !== base) throw new Error("A message may link to this server only");
  return url.href;
}

/** One line of at most `most` characters. What looks encoded (RFC 2047) must not be decoded by who reads it. */
function toLine(text: string, most: number): string {
  const characters = [...clean(text).replace(/\s+/gu, " ").trim().replaceAll("=?", "=\u200B?")];
  return characters.length <= most ? characters.join("") : `${characters.slice(0, most - 1).join("")}…`;
}

/** Text in which no mail program finds an address to make a link of. */
function plain(text: string): string {
  return clean(text)
    .trim()
    .replace(/(?<=[\p{L}\p{N}])(?=[.@\u3002\uFF0E\uFF61][\p{L}\p{N}])|(?<=[\p{L}\p{N}]:)(?=\S)/gu, "\u200B");
}

/** Without what is no character, hides, or turns the direction of the text around it. */
function clean(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/(?!\n)\p{Cc}|[\u200B\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/gu, " ");
}
