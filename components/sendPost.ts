import type { PublicPost } from "@/lib/schemas/posts";

/** As much of a post as a list of posts shows. */
export type ListedPost = Pick<
  PublicPost,
  "id" | "slug" | "title" | "author" | "category" | "comments" | "createdAt"
>;

/** What became of a post that was sent. `fields`: what is wrong with each field that is to blame. */
export type PostOutcome =
  | { kind: "made"; post: ListedPost }
  | { kind: "refused"; text: string; fields: Record<string, string> };

interface Refused {
  error: string;
  code: string;
  issues?: { path: (string | number)[]; message: string }[];
}

/** The fields that a conflict is about. */
const BLAMED: Record<string, string> = { slug_taken: "slug", page_taken: "url" };

/** Makes a post, `body` being the JSON of the contract. The same key with the same body makes only one. */
export async function sendPost(body: string, key: string): Promise<PostOutcome> {
  try {
    const answer = await fetch("/api/posts", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "Idempotency-Key": `"${key}"`,
      },
      body,
    });
    return answer.ok ? { kind: "made", post: await answer.json() } : toRefusal(await answer.json());
  } catch {
    const text = "The server can’t be reached. Your text is still here; try again.";
    return { kind: "refused", text, fields: {} };
  }
}

function toRefusal({ error, code, issues = [] }: Refused): PostOutcome {
  const fields = Object.fromEntries(issues.map(({ path, message }) => [String(path[0]), `${message}.`]));
  const blamed = BLAMED[code];
  return {
    kind: "refused",
    text: `${error}.`,
    fields: blamed === undefined ? fields : { [blamed]: `${error}.` },
  };
}
