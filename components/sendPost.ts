import { api } from "@/components/api";
import { toRefusal } from "@/components/refusal";
import type { PublicPost } from "@/lib/schemas/posts";
import type { Translator } from "@/lib/translator";

/** As much of a post as a list of posts shows. */
export type ListedPost = Pick<
  PublicPost,
  "id" | "slug" | "title" | "author" | "category" | "comments" | "createdAt"
>;

/** Why a post was refused: what is wrong with each field that is to blame, and what to say of the whole, if anything. */
export interface PostRefusal {
  text: string | null;
  fields: Record<string, string>;
}

/** What became of a post that was sent. */
export type PostOutcome = { kind: "made"; post: ListedPost } | ({ kind: "refused" } & PostRefusal);

type Post = Parameters<typeof api.posts.create>[0];

/** Makes a post. The same key with the same post makes only one. `t` says what is wrong with it. */
export async function sendPost(t: Translator, post: Post, idempotencyKey: string): Promise<PostOutcome> {
  try {
    return { kind: "made", post: await api.posts.create(post, { idempotencyKey }) };
  } catch (error) {
    const { text, field, fields } = toRefusal(t, error, "desk.unreachable");
    return { kind: "refused", text: field === null ? text : null, fields };
  }
}
