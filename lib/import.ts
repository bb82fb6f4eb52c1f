import type { ImportRefusal, ImportRow } from "@/db/store";
import { ANONYMOUS, toAuthor, toAuthorKey } from "@/lib/authors";
import { toText } from "@/lib/commentText";
import { render } from "@/lib/markdown";
import { pageKey, toNewPage, toPageUrl, toSlug, withoutTracking } from "@/lib/pages";
import { Problem } from "@/lib/problems";
import { importedComment, importedPost, importedUser } from "@/lib/schemas/imports";
import { hash } from "@/lib/secrets";

/** A value out of a file, and the line that it begins on. */
export interface FileRow {
  line: number;
  value: unknown;
}

/**
 * Checks and renders rows of seed files, one by one. What a row is, its members tell: `comment`, `title` or `name`.
 * A row's key is a hash of its content (and of which of its equals it is), so that a file imported twice changes nothing.
 */
export function* importRows(
  rows: Iterable<FileRow | ImportRefusal>,
  secret: Buffer,
): Generator<ImportRow | ImportRefusal> {
  const equals = new Map<string, number>();
  const now = new Date().toISOString();
  for (const row of rows) {
    if ("reason" in row) {
      yield row;
      continue;
    }
    const content = hash(JSON.stringify(row.value) ?? "").slice(0, 32);
    const nth = (equals.get(content) ?? 0) + 1;
    equals.set(content, nth);
    yield toImportRow(row, `${content}-${nth}`, now, secret);
  }
}

function toImportRow(
  { line, value }: FileRow,
  key: string,
  now: string,
  secret: Buffer,
): ImportRow | ImportRefusal {
  const members = typeof value === "object" && value !== null ? value : {};
  try {
    if ("comment" in members) return { line, key, ...toComment(members, now, secret) };
    if ("title" in members) return { line, key, ...toPost(members, now) };
    if ("name" in members) return { line, key, ...toUser(members, now) };
    return { line, reason: "it is neither a comment (comment), nor a post (title), nor a user (name)" };
  } catch (error) {
    const issues = isIssues(error) ? error.issues : error instanceof Problem ? error.more.issues : undefined;
    if (!issues) throw error;
    return {
      line,
      reason: issues.map(({ path, message }) => `${[...path].join(".")}: ${message}`).join("; "),
    };
  }
}

function isIssues(error: unknown): error is { issues: { path: PropertyKey[]; message: string }[] } {
  return error instanceof Error && "issues" in error && Array.isArray(error.issues);
}

function toUser(members: object, now: string) {
  const { name, email, profession, website, role, createdAt = now } = importedUser.parse(members);
  return {
    kind: "user" as const,
    name,
    nameKey: toAuthorKey(name),
    email,
    profession,
    website,
    role,
    createdAt,
  };
}

function toPost(members: object, now: string) {
  const {
    id,
    title,
    slug,
    url: address,
    content,
    author,
    category,
    createdAt = now,
  } = importedPost.parse(members);
  const url = address === null ? null : toPageUrl(address);
  return {
    kind: "post" as const,
    localId: id ?? null,
    slug: slug ?? (toSlug(title) || "post"),
    title,
    url: url && withoutTracking(url).href,
    page: url && pageKey(url),
    content,
    html: content && render(content),
    author,
    authorKey: author && toAuthorKey(author),
    category,
    createdAt,
  };
}

function toComment(members: object, now: string, secret: Buffer) {
  const {
    id,
    comment,
    post,
    parent,
    author,
    email,
    website,
    createdAt = now,
  } = importedComment.parse(members);
  const url = post ? toPageUrl(post) : null;
  return {
    kind: "comment" as const,
    ...toText(comment, secret),
    ...toAuthor(author ?? ANONYMOUS, website),
    post: post ?? null,
    page: url && toNewPage(url),
    localId: id ?? null,
    parent: parent ?? null,
    email,
    createdAt,
  };
}
