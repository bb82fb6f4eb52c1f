import type { z } from "zod";
import type { Post, PostHead, PostRef } from "@/db/port/posts";
import type { Store } from "@/db/store";
import { toInstant } from "@/db/time";
import { config } from "@/lib/config";
import { pageKey, toPageUrl } from "@/lib/pages";
import { toPlainText } from "@/lib/plainText";
import { Problem } from "@/lib/problems";
import type { postAnswer } from "@/lib/schemas/posts";

/** How a client names a post: a number or digits are an id, an address is a page, anything else a slug. */
export function toPostRef(post: string | number): PostRef {
  if (typeof post === "number") return { id: post };
  if (/^\d{1,15}$/.test(post)) return { id: Number(post) };
  const url = toPageUrl(post);
  return url ? { page: pageKey(url) } : { slug: post };
}

/** What a thread needs of the post of that name. Throws 404 `post_not_found`. */
export async function requireHead(store: Store, post: string | number): Promise<PostHead> {
  const found = await store.posts.head(toPostRef(post));
  if (!found) throw new Problem("post_not_found");
  return found;
}

/** The post of that name. Throws 404 `post_not_found`. */
export async function requirePost(store: Store, post: string | number): Promise<Post> {
  const found = await store.posts.find(toPostRef(post));
  if (!found?.listed) throw new Problem("post_not_found");
  return found;
}

/** Posts made then or earlier are closed by their age, now; null: age closes none. */
export function closedUntil(): string | null {
  const { closeAfter } = config();
  return closeAfter === 0 ? null : toInstant(Date.now() - closeAfter);
}

/** A post as anybody may see it. */
export function toPublicPost(post: Post): z.output<typeof postAnswer> {
  const { version, listed, ...rest } = post;
  return rest;
}

/** What a page shows of a post. */
export type ShownPost = Pick<
  Post,
  "id" | "slug" | "title" | "html" | "author" | "category" | "url" | "commentsOpen" | "comments" | "createdAt"
>;

export function toShownPost(post: Post): ShownPost {
  const { id, slug, title, html, author, category, url, commentsOpen, comments, createdAt } = post;
  return { id, slug, title, html, author, category, url, commentsOpen, comments, createdAt };
}

/** What a list of posts shows of one. */
export function toListedPost(post: Post) {
  const { id, slug, title, author, category, comments, createdAt } = post;
  return { id, slug, title, author, category, comments, createdAt };
}

/** How many characters of a post stand in the list of all. */
const EXCERPT = 280;

/** What the list of all posts shows of one. `excerpt`: how its text begins, without its form. */
export type ExcerptedPost = ReturnType<typeof toListedPost> & { url: string | null; excerpt: string | null };

export function toExcerptedPost(post: Post): ExcerptedPost {
  const { url, html } = post;
  // What stands in a few hundred characters is in the first few thousand, whatever surrounds it.
  return { ...toListedPost(post), url, excerpt: html && cut(toPlainText(html.slice(0, 20 * EXCERPT))) };
}

function cut(text: string): string {
  if (text.length <= EXCERPT) return text;
  const whole = text.slice(0, EXCERPT).replace(/[\uD800-\uDBFF]$/, "");
  return `${whole.replace(/(?<=.{200})\s\S*$/u, "").trimEnd()}…`;
}

/** The posts of the demo (db/seed). */
const DEMO = new Set(["react-hooks", "nextjs-guide"]);

/** Whether there is nothing here but the demo, or not even that. */
export function isFresh(posts: Pick<Post, "slug">[]): boolean {
  return posts.every(({ slug }) => DEMO.has(slug));
}
