import type { PublicPost } from "@/lib/schemas/posts";

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
  const blamed = BLAMED[code];
  const wrong = issues.map(({ path, message }): [string, string] => [String(path[0] ?? ""), `${message}.`]);
  const fields = Object.fromEntries(blamed === undefined ? wrong : [[blamed, `${error}.`]]);
  return { kind: "refused", text: Object.keys(fields).length > 0 ? null : `${error}.`, fields };
}
