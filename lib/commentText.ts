import type { CommentText } from "@/db/port/base";
import { render } from "@/lib/markdown";
import { keyed } from "@/lib/secrets";

/** Markdown through the one renderer and sanitiser. Throws `Problem` for what is too complex. */
export function toText(comment: string, secret: Buffer): CommentText {
  return { comment, html: render(comment), textHash: keyed(secret, "text", comment.trim()) };
}
