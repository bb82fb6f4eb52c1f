import type { Alias, PageAddress, Post } from "@/db/port/posts";
import type { Store } from "@/db/store";
import { pageKey, toPageUrl, withoutTracking } from "@/lib/pages";
import type { Known } from "@/lib/posting";
import { invalid, Problem } from "@/lib/problems";
import { toActor } from "@/lib/who";

/** Lets a page lead to the post; false where it does already. Throws 409 where it leads to another. */
export async function addAlias(store: Store, who: Known, post: Post, address: string): Promise<boolean> {
  const alias = readPage(address);
  const added = await store.posts.addAlias(post.id, alias, toActor(who), new Date().toISOString());
  if (added.refused === null) return added.isNew;
  throw new Problem(added.refused === "absent" ? "post_not_found" : added.refused);
}

/** Lets a page lead to the post no more. Throws 404 where it did not. */
export async function removeAlias(store: Store, who: Known, post: Post, address: string): Promise<void> {
  const { page } = readPage(address);
  if (!(await store.posts.removeAlias(post.id, page, toActor(who), new Date().toISOString())))
    throw new Problem("not_found", { error: "This page is no alias of the post" });
}

/** An alias as it is answered. */
export function toPublicAlias({ url, createdAt }: Alias) {
  return { url, createdAt };
}

function readPage(address: string): PageAddress {
  const url = toPageUrl(address);
  if (url) return { page: pageKey(url), url: withoutTracking(url).href };
  throw invalid("url", "Must be the address of a web page");
}
