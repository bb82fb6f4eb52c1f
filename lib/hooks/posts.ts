import type { HookMessage, HookName, HookResult } from "@/db/port/hooks";
import type { Store } from "@/db/store";
import { toInstant } from "@/db/time";
import { isOwnSite, pageKey, toSlug } from "@/lib/pages";
import { toByline, toContent, toPlace } from "@/lib/posting";
import { Problem } from "@/lib/problems";
import type { HookAnswer, HookInput } from "@/lib/schemas/hooks";

/** As the audit log names what a message did. */
const HOOK = { user: null, name: "Hook", role: "moderator" } as const;

const SENTENCES: Record<HookResult, string> = {
  created: "Post created",
  updated: "Post updated",
  unchanged: "The post is like that already",
  deleted: "Post deleted",
  restored: "Post restored, with its comments",
  outdated: "Something later was heard of this post before",
  absent: "There is no such post",
};

/**
 * Does what a message says happened to a post; the same message (`id`) again changes nothing and is answered as the
 * first time. Throws `Problem`: a page of another site, a text that is too complex.
 */
export async function takePost(
  store: Store,
  id: string,
  { type, timestamp, data }: HookInput,
): Promise<{ answer: HookAnswer; replayed: boolean }> {
  const message: HookMessage = {
    id,
    at: timestamp,
    names: toNames(data),
    post: type === "post.deleted" ? null : toPost(data),
  };
  const { result, post, replayed } = await store.hooks.take(message, HOOK, toInstant(Date.now()));
  return { answer: { result, post, message: SENTENCES[result] }, replayed };
}

function toNames({ key, url, slug }: HookInput["data"]): HookName[] {
  if (url && !isOwnSite(new URL(url))) throw new Problem("origin_not_allowed");
  const names: HookName[] = [...(key ? [{ key }] : []), ...(url ? [{ page: pageKey(new URL(url)) }] : [])];
  return names.length === 0 && slug ? [{ slug }] : names;
}

function toPost({
  title = "",
  content,
  author,
  url,
  slug,
  category,
  commentsOpen,
  publishedAt,
}: HookInput["data"]) {
  const now = toInstant(Date.now());
  const place = toPlace(url ?? null);
  const text = toContent(content?.trim() ? content : null);
  const byline = toByline(author ?? null);
  return {
    draft: {
      title,
      slug: slug ?? (toSlug(title) || "post"),
      slugAsked: false,
      ...text,
      ...byline,
      place,
      category: category || null,
      commentsOpen: commentsOpen ?? true,
      user: null,
      createdAt: now,
    },
    change: {
      title,
      text: content == null ? undefined : text,
      byline: author ? byline : undefined,
      place: place ?? undefined,
      category: category === undefined ? undefined : category || null,
      commentsOpen: commentsOpen ?? undefined,
    },
    publishedAt: publishedAt && publishedAt < now ? publishedAt : null,
  };
}
