import type { Actor } from "@/db/port/audit";
import type { Page } from "@/db/port/base";
import type { FactsQuery } from "@/db/port/moderation";
import type { NewPage, Post } from "@/db/port/posts";
import type {
  By,
  CommentQuery,
  Created,
  ImportRow,
  NewComment,
  Report,
  Store,
  ThreadQuery,
  TreeQuery,
} from "@/db/store";

export const BASE = "https://comments.example";

/** An instant, `minutes` after the beginning of time in these tests. */
export function at(minutes: number): string {
  return new Date(Date.UTC(2026, 5, 1) + minutes * 60_000).toISOString();
}

let made = 0;

/** A word that no other test uses. */
export function unique(word: string): string {
  return `${word}-${++made}`;
}

type Of<K extends ImportRow["kind"]> = Extract<ImportRow, { kind: K }>;

/** A post's row of an import. */
export function postRow(slug: string, more: Partial<Of<"post">> = {}): Of<"post"> {
  return {
    line: 1,
    key: `post ${slug}`,
    kind: "post",
    localId: null,
    slug,
    title: slug,
    url: null,
    page: null,
    content: null,
    html: null,
    author: null,
    authorKey: null,
    category: null,
    createdAt: at(0),
    ...more,
  };
}

/** A comment's row of an import. */
export function commentRow(text: string, more: Partial<Of<"comment">> = {}): Of<"comment"> {
  return {
    line: 1,
    key: text,
    kind: "comment",
    post: null,
    page: null,
    localId: null,
    parent: null,
    email: null,
    createdAt: at(0),
    ...written(text),
    ...by("Ada"),
    ...more,
  };
}

/** A user's row of an import. */
export function userRow(name: string, more: Partial<Of<"user">> = {}): Of<"user"> {
  return {
    line: 1,
    key: `user ${name}`,
    kind: "user",
    name,
    nameKey: name.toLowerCase(),
    email: null,
    profession: null,
    website: null,
    role: "member",
    createdAt: at(0),
    ...more,
  };
}

/** A new post; the port makes them through imports and with the first comment of a page. */
export async function addPost(store: Store, more: Partial<Of<"post">> = {}): Promise<Post> {
  const slug = more.slug ?? unique("post");
  await store.imports.run([postRow(slug, more)], { keepGoing: false, source: "drafts" });
  return required(await store.posts.find({ slug }));
}

/** A page of another site, which is no post yet. */
export function newPage(): NewPage {
  const slug = unique("page");
  const url = `https://blog.example/${slug}`;
  return { page: `blog.example/${slug}`, url, slug, title: slug };
}

export function written(text: string) {
  return { comment: text, html: `<p>${text}</p>`, textHash: `hash of ${text}` };
}

export function by(author: string) {
  return { author, authorKey: author.toLowerCase(), avatar: `seed-${author}`, website: null };
}

export function draft(post: number | NewComment["post"], more: Partial<NewComment> = {}): NewComment {
  return {
    ...written(unique("Nice post")),
    ...by("Ada"),
    post: typeof post === "number" ? { id: post } : post,
    parent: null,
    email: "ada@example.org",
    user: null,
    role: null,
    status: "approved",
    held: [],
    network: "network-of-ada",
    address: "198.51.100.0",
    createdAt: at(1),
    onceSince: null,
    closedUntil: null,
    ...more,
  };
}

/** Creates a comment that nothing should refuse. */
export async function add(
  store: Store,
  post: number | NewComment["post"],
  more: Partial<NewComment> = {},
): Promise<Extract<Created, { refused: null }>> {
  const created = await store.comments.create(draft(post, more), null, BASE);
  if (created.refused !== null) throw new Error(`Refused: ${created.refused}`);
  return created;
}

export function required<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error("It should be there");
  return value;
}

export const asModerator = { version: null, view: "moderator", base: BASE } as const;

export function listQuery(more: Partial<CommentQuery> = {}): CommentQuery {
  return { status: "approved", sort: "oldest", limit: 100, view: "public", base: BASE, ...more };
}

export function threadQuery(post: Post, more: Partial<ThreadQuery> = {}): ThreadQuery {
  return { post, limit: 1000, view: "public", base: BASE, ...more };
}

/** A page of a thread, as its text says it. */
export async function readThread(
  store: Store,
  query: ThreadQuery,
): Promise<Page<{ id: number; createdAt: string; json: string }>> {
  const { json, next } = await store.comments.flat(query, "[", "]");
  const comments: { id: number; createdAt: string }[] = JSON.parse(json.toString());
  const rows = comments.map((one) => ({ id: one.id, createdAt: one.createdAt, json: JSON.stringify(one) }));
  return { rows, more: next !== null };
}

export function treeQuery(post: Post, more: Partial<TreeQuery> = {}): TreeQuery {
  return { post, limit: 100, view: "public", base: BASE, sort: "oldest", parent: null, budget: 500, ...more };
}

export function ids(rows: { id: number }[]): number[] {
  return rows.map(({ id }) => id);
}

/** What the store has to know to judge the next comment from that network. */
export function factsOf(
  network: string | null,
  textHash: string,
  more: Partial<FactsQuery> = {},
): FactsQuery {
  return { user: null, network, textHash, stoodSince: at(0), ...more };
}

/** A report by that reader. */
export function reportBy(reporter: string, more: Partial<Report> = {}): Report {
  return { reporter, network: null, reason: "spam", note: null, at: at(3), ...more };
}

/** Somebody with rights. */
export const ADMIN: Actor = { user: null, name: "Token", role: "admin" };

/** Its author, or a moderator. */
export function actorOf(who: "author" | "moderator"): By {
  return who === "author" ? who : ADMIN;
}
