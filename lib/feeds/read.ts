import type { Key } from "@/db/port/base";
import type { Post } from "@/db/port/posts";
import type { Site, Store } from "@/db/store";
import type { Entry, Feed } from "@/lib/feeds/feed";
import { commentShape, type PublicComment } from "@/lib/schemas/comments";
import { keyedUuid } from "@/lib/secrets";

/** Which part of a feed. `base`: what addresses on this server begin with. */
export interface Wanted {
  base: string;
  limit: number;
  after: Key | undefined;
}

/** What a feed is about, and a part of it; its own addresses are for whoever gives it out. */
export type FeedPart = Pick<Feed, "id" | "title" | "updated" | "page" | "entries"> & { next: Key | null };

/** The comments of a post that anybody may see, newest first. */
export async function readThreadFeed(kept: Store, post: Post, wanted: Wanted): Promise<FeedPart> {
  const { entries, next } = await readEntries(kept, wanted, post);
  return {
    id: idOf(kept, "thread", post.id),
    title: `Comments on ${post.title}`,
    updated: lastOf(entries) ?? post.createdAt,
    page: post.url ?? `${wanted.base}/posts/${post.slug}`,
    entries,
    next,
  };
}

/** The same of all posts. `site`: as it was before. */
export async function readSiteFeed(
  kept: Store,
  { version }: Pick<Site, "version">,
  wanted: Wanted,
): Promise<FeedPart> {
  const { entries, next } = await readEntries(kept, wanted);
  const { base } = wanted;
  return {
    id: idOf(kept, "site", 1),
    title: base === "" ? "Comments" : `Comments on ${new URL(base).host}`,
    // A version is the time of the last change, in milliseconds.
    updated: lastOf(entries) ?? new Date(version).toISOString(),
    page: `${base}/`,
    entries,
    next,
  };
}

async function readEntries(kept: Store, { base, limit, after }: Wanted, post?: Post) {
  const { rows, more } = await kept.comments.list({
    posts: post && [post.id],
    status: "approved",
    sort: "newest",
    after,
    limit,
    view: "public",
    base,
  });
  const comments = rows.map(({ json }) => commentShape.parse(JSON.parse(json)));
  const titles = post
    ? new Map([[post.id, post.title]])
    : await kept.posts.titles([...new Set(comments.map((comment) => comment.post))]);
  const last = rows.at(-1);
  return {
    entries: comments.map((comment) => toEntry(kept, base, comment, titles.get(comment.post) ?? "")),
    next: more && last ? { value: last.createdAt, id: last.id } : null,
  };
}

function toEntry(kept: Store, base: string, comment: PublicComment, title: string): Entry {
  const { id, post, parent, author, website, avatar, html, createdAt, editedAt, url, replies } = comment;
  const page = url.replace(/#comment-\d+$/, "");
  return {
    id: idOf(kept, "comment", id),
    title: `${author} on ${title}`,
    author: { name: author, website, avatar: avatar && base + avatar },
    published: createdAt,
    updated: editedAt ?? createdAt,
    url,
    html,
    comment: id,
    post,
    parent,
    inReplyTo:
      parent === null
        ? { id: idOf(kept, "post", post), url: page }
        : { id: idOf(kept, "comment", parent), url: `${page}#comment-${parent}` },
    replies: { count: replies, url: `${base}/api/comments/${post}?view=tree&parent=${id}` },
  };
}

/** From the database's own secret, so that no address is part of it, and a backup has the same ids. */
function idOf({ secret }: Pick<Store, "secret">, kind: "site" | "thread" | "post" | "comment", id: number) {
  return `urn:uuid:${keyedUuid(secret, "feed", `${kind} ${id}`)}`;
}

function lastOf(entries: Entry[]): string | undefined {
  return entries
    .map(({ updated }) => updated)
    .sort()
    .at(-1);
}
