import type { NextApiRequest, NextApiResponse } from "next";
import type { Post } from "@/db/port/posts";
import type { Store } from "@/db/store";
import { requireRole, whoAsks } from "@/lib/http/auth";
import { etag, requireMatch } from "@/lib/http/conditional";
import { readBody, readIdempotencyKey, readSegment } from "@/lib/http/input";
import { wantsPage } from "@/lib/http/negotiate";
import { prefersMinimal, redirect, send, sendNothing } from "@/lib/http/send";
import { changePost, createPost, type Known, requireOwnPost } from "@/lib/posting";
import { toPublicPost } from "@/lib/posts";
import { Problem } from "@/lib/problems";
import { MISSING, type NewPostInput, newPost, type PostChangeInput } from "@/lib/schemas/posts";
import { store } from "@/lib/store";

/** The ETag of a post. */
export function postTag({ id, version }: Pick<Post, "id" | "version">): string {
  return etag(version, `p${id}`);
}

/** Creates a post and answers it: 201; a browser's own form goes back to the page of posts. */
export async function answerNewPost(req: NextApiRequest, res: NextApiResponse): Promise<void> {
  const who = await requireRole(req, "author");
  const { post, replayed } = await createPost(
    await store(),
    who,
    await readNewPost(req),
    readIdempotencyKey(req),
  );
  if (wantsPage(req)) return redirect(res, 303, `/posts?made=${post.id}#post-${post.id}`);
  send(req, res, 201, toJson(post), {
    Location: `/api/posts/${post.id}`,
    ETag: postTag(post),
    "Idempotent-Replayed": replayed ? "true" : undefined,
  });
}

/** Says in the contract's sentence that required members are missing; the issues say which. */
async function readNewPost(req: NextApiRequest): Promise<NewPostInput> {
  try {
    return await readBody(req, newPost);
  } catch (problem) {
    const issues = problem instanceof Problem ? (problem.more.issues ?? []) : [];
    if (!issues.some(({ message }) => message === MISSING)) throw problem;
    throw new Problem("invalid_input", { error: "Missing required fields: title, content, author", issues });
  }
}

/** The post that the path names, for who may change it. Throws 401, 403, 404. */
export async function locateOwnPost(req: NextApiRequest): Promise<{ kept: Store; who: Known; post: Post }> {
  const kept = await store();
  return { kept, ...(await requireOwnPost(kept, await whoAsks(req), readSegment(req, "id"))) };
}

/** The same, with the version that `If-Match` ties a change to. Throws 412, too. */
export async function locatePostForChange(req: NextApiRequest) {
  const located = await locateOwnPost(req);
  // Preconditions come after what would be refused without them (RFC 9110 §13.2.1).
  const tied = requireMatch(req, [postTag(located.post)]);
  return { ...located, version: tied ? located.post.version : null };
}

/** Changes the post that the path names, and answers it. */
export async function answerPostChange(
  req: NextApiRequest,
  res: NextApiResponse,
  read: () => Promise<PostChangeInput>,
): Promise<void> {
  const { kept, who, post, version } = await locatePostForChange(req);
  const changed = await changePost(kept, who, post, await read(), version);
  res.setHeader("ETag", postTag(changed));
  if (prefersMinimal(req, res)) return sendNothing(res, 204);
  if (wantsPage(req)) return redirect(res, 303, `/posts/${changed.slug}`);
  send(req, res, 200, toJson(changed));
}

function toJson(post: Post): string {
  return JSON.stringify(toPublicPost(post));
}
