import type { RestoredRow, RestoredTrash } from "@/db/port/exports";
import { toAuthor, toAuthorKey } from "@/lib/authors";
import { toText } from "@/lib/commentText";
import { render } from "@/lib/markdown";
import { pageKey, toPageUrl } from "@/lib/pages";
import type { ExportLine } from "@/lib/schemas/exports";
import { makeSalt } from "@/lib/webhooks/secrets";

type Of<T extends ExportLine["type"]> = Extract<ExportLine, { type: T }>;
/** Lines that are rows as they are, or nearly so. */
type RowLine = Exclude<ExportLine, { type: "site" | "blob" | "bytes" | "end" }>;

/**
 * The row of a line. HTML is made anew from the Markdown, by the one renderer and sanitiser, and what depends on the secret
 * of the database by the secret of this one. Throws `Problem` for a text that is too complex.
 */
export function toRow(line: RowLine, secret: Buffer): RestoredRow {
  switch (line.type) {
    case "comment":
      return toComment(line, secret);
    case "post":
      return toPost(line);
    case "alias":
      return { ...without(line), kind: "alias", page: toPage(line.url) ?? line.url };
    case "user":
      return { ...without(line), kind: "user", nameKey: toAuthorKey(line.name) };
    case "webhook":
      return { ...without(line), kind: "webhook", salt: makeSalt() };
    case "edit":
      return { ...without(line), kind: "edit" };
    case "vote":
      return { ...without(line), kind: "vote" };
    case "report":
      return { ...without(line), kind: "report" };
    case "formerSlug":
      return { ...without(line), kind: "formerSlug" };
    case "formerId":
      return { ...without(line), kind: "formerId" };
    case "file":
      return { ...without(line), kind: "file" };
    case "rule":
      return { ...without(line), kind: "rule" };
    case "audit":
      return { ...without(line), kind: "audit" };
  }
}

function without<T extends { type: string }>({ type: _, ...line }: T): Omit<T, "type"> {
  return line;
}

function toComment({ type: _, reasons, trash, ...comment }: Of<"comment">, secret: Buffer): RestoredRow {
  return {
    kind: "comment",
    ...comment,
    ...(comment.status === "deleted" ? EMPTY : toWritten(comment, secret)),
    held: toHeld(reasons),
    trash: trash && toTrash(trash, secret),
  };
}

/** Of what was deleted nothing is left, not even a hash. */
const EMPTY = { author: "", authorKey: "", avatar: "", website: null, comment: "", html: "", textHash: "" };

function toTrash({ reasons, ...trash }: NonNullable<Of<"comment">["trash"]>, secret: Buffer): RestoredTrash {
  return { ...trash, ...toWritten(trash, secret), held: toHeld(reasons) };
}

function toWritten(
  { author, website, comment }: Pick<Of<"comment">, "author" | "website" | "comment">,
  secret: Buffer,
) {
  return { ...toAuthor(author, website), ...toText(comment, secret) };
}

function toHeld(reasons: Of<"comment">["reasons"]): string | null {
  return reasons.length === 0 ? null : JSON.stringify(reasons);
}

function toPost({ type: _, ...post }: Of<"post">): RestoredRow {
  return {
    kind: "post",
    ...post,
    page: post.url === null ? null : toPage(post.url),
    html: post.content && render(post.content),
    authorKey: post.author && toAuthorKey(post.author),
  };
}

function toPage(address: string): string | null {
  const url = toPageUrl(address);
  return url && pageKey(url);
}
