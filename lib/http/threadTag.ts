import type { PostHead } from "@/db/port/posts";
import type { View } from "@/db/store";
import { etag } from "@/lib/http/conditional";

/** The ETag of a post's thread. `news`: what else it depends on, for moderators; `base`: what the server calls itself. */
export function threadTag({ id, version }: PostHead, view: View, news: string, base: string): string {
  return etag(version, `t${id}`, view, news, base);
}

/** The post and the version that the ETag of a thread names; null for any other ETag. */
export function readThreadTag(tag: string): { post: number; version: number } | null {
  const [, version, post] = /^"[^_"]*_([0-9a-z]+)_t(\d+)_public[_"]/.exec(tag) ?? [];
  return version && post ? { post: Number(post), version: Number.parseInt(version, 36) } : null;
}
