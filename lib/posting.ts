import type { IdempotencyKey, Role } from "@/db/port/base";
import type { Byline, Post, PostChange, PostContent, PostRef } from "@/db/port/posts";
import type { Store } from "@/db/store";
import { toAuthorKey } from "@/lib/authors";
import { render } from "@/lib/markdown";
import { pageKey, toPageUrl, toSlug, withoutTracking } from "@/lib/pages";
import { toPostRef } from "@/lib/posts";
import { invalid, Problem } from "@/lib/problems";
import type { NewPostInput, PostChangeInput } from "@/lib/schemas/posts";
import { hash, keyed } from "@/lib/secrets";
import { hasRole, isModerator, toActor, type Who } from "@/lib/who";

/** Somebody who is signed in. */
export type Known = Who & { role: Role };

/** Makes a post. Throws `Problem`: a slug or page that is taken, a text that is too complex. */
export async function createPost(
  store: Store,
  who: Known,
  input: NewPostInput,
  idempotencyKey: string | null,
): Promise<{ post: Post; replayed: boolean }> {
  const draft = {
    title: input.title,
    slug: input.slug ?? (toSlug(input.title) || "post"),
    slugAsked: input.slug !== undefined,
    ...toContent(input.content),
    ...toByline(input.author),
    place: toPlace(input.url),
    category: input.category,
    commentsOpen: input.commentsOpen,
    user: who.user?.id ?? null,
    createdAt: new Date().toISOString(),
  };
  const created = await store.posts.create(draft, toKey(who, idempotencyKey, input), toActor(who));
  if (created.refused !== null) throw new Problem(created.refused);
  return created;
}

/**
 * The post that a change or deletion names, if `who` may: their own, or any for a moderator. A former name does not do:
 * who deletes what was merged must not meet what it was merged into. Throws 401, 403, 404.
 */
export async function requireOwnPost(
  store: Store,
  who: Who,
  name: string,
): Promise<{ post: Post; who: Known }> {
  const { role } = who;
  if (role === null) throw new Problem("unauthorized");
  const ref = toPostRef(name);
  const post = await store.posts.find(ref);
  if (!post || !isOwnName(post, ref) || !(post.listed || isModerator(who)))
    throw new Problem("post_not_found");
  const own = hasRole(who, "author") && who.user !== null && who.user.id === post.user;
  if (!own && !isModerator(who)) throw new Problem("forbidden");
  return { post, who: Object.assign(who, { role }) };
}

function isOwnName({ id, slug }: Post, ref: PostRef): boolean {
  return "id" in ref ? ref.id === id : "slug" in ref && ref.slug === slug;
}

/** Changes a post. `version`: what `If-Match` asked for. Throws `Problem`. */
export async function changePost(
  store: Store,
  who: Known,
  post: Post,
  input: PostChangeInput,
  version: number | null,
): Promise<Post> {
  const { title, slug, content, author, url, category, commentsOpen } = input;
  refuseRemoval(post, { content, author });
  const change: PostChange = {
    title,
    slug,
    // As it was, it is not rendered anew.
    text: content === undefined || content === post.content ? undefined : toContent(content),
    byline: author === undefined ? undefined : toByline(author),
    place: url === undefined || url === post.url ? undefined : toPlace(url),
    category: category === undefined ? undefined : category || null,
    commentsOpen,
  };
  const changed = await store.posts.change(post.id, change, toActor(who), new Date().toISOString(), version);
  if (changed.refused === null) return changed.post;
  throw new Problem(refusalOf(changed.refused));
}

/** Deletes a post with its comments, and returns it as it was. Throws `Problem`. */
export async function removePost(
  store: Store,
  who: Known,
  post: Post,
  version: number | null,
): Promise<Post> {
  const at = new Date().toISOString();
  const deleted = await store.posts.delete(post.id, toActor(who), at, version);
  if (deleted.refused === null) return deleted.post;
  throw new Problem(refusalOf(deleted.refused));
}

/** Makes `post` a part of `into`. Throws `Problem`. */
export async function mergePosts(store: Store, who: Known, post: Post, into: string | number): Promise<Post> {
  const target = await store.posts.head(toPostRef(into));
  const merged = target
    ? await store.posts.merge(post.id, target.id, toActor(who), new Date().toISOString())
    : ({ refused: "absent" } as const);
  if (merged.refused === null) return merged.post;
  const message = merged.refused === "same" ? "Is this very post" : "There is no such post";
  throw invalid("into", message);
}

function refusalOf(refused: "absent" | "stale" | "slug_taken" | "page_taken") {
  const codes = { absent: "post_not_found", stale: "precondition_failed" } as const;
  return refused === "absent" || refused === "stale" ? codes[refused] : refused;
}

/** Text and byline can be changed, but not taken away. */
function refuseRemoval(post: Post, input: Pick<PostChangeInput, "content" | "author">): void {
  const issues = (["content", "author"] as const)
    .filter((name) => input[name] === null && post[name] !== null)
    .map((name) => ({ path: [name], code: "custom", message: "Can't be taken away" }));
  if (issues.length > 0) throw new Problem("invalid_input", { issues });
}

/** Rendered by the one renderer and sanitiser. Throws 400 for a text that is too complex. */
export function toContent(content: string | null): PostContent {
  return { content, html: content === null ? null : render(content, "content") };
}

/** The byline is kept as sent, and found however it is spaced or spelt. */
export function toByline(author: string | null): Byline {
  const folded = author?.normalize("NFC").replace(/\s+/gu, " ").trim();
  return { author, authorKey: folded === undefined ? null : toAuthorKey(folded) };
}

/** The page of an address, and the address without what tracks readers; null where there is none. */
export function toPlace(address: string | null) {
  const url = address ? toPageUrl(address) : null;
  return url && { page: pageKey(url), url: withoutTracking(url).href };
}

function toKey(who: Known, key: string | null, input: NewPostInput): IdempotencyKey | null {
  if (key === null) return null;
  const scope = who.user ? `user ${who.user.id}` : who.role;
  return {
    key: keyed(who.secret, "idempotency", `POST /api/posts\0${scope}\0${key}`),
    request: hash(JSON.stringify(input)),
  };
}
