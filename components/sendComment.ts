import type { ShownComment } from "@/lib/thread";

/** What became of a comment that was sent. `field`: the name of the field that is to blame. */
export type Outcome =
  | { kind: "shown"; comment: ShownComment }
  | { kind: "held" }
  | { kind: "refused"; text: string; field: string | null };

interface Refused {
  error: string;
  issues?: { path: (string | number)[]; message: string }[];
}

/** Posts a comment, as the contract has it. The same key with the same comment is taken only once. */
export async function sendComment(comment: object, key: string): Promise<Outcome> {
  const unreachable = {
    kind: "refused",
    field: null,
    text: "The server can’t be reached. Your text is still here; try again.",
  } as const;
  try {
    const answer = await fetch("/api/comments", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "Idempotency-Key": `"${key}"`,
      },
      body: JSON.stringify(comment),
    });
    if (answer.status === 202) return { kind: "held" };
    if (answer.status === 201) return { kind: "shown", comment: await answer.json() };
    return toRefusal(await answer.json());
  } catch {
    return unreachable;
  }
}

function toRefusal({ error, issues = [] }: Refused): Outcome {
  const [first] = issues;
  const field = first?.path[0];
  return {
    kind: "refused",
    text: first ? `${first.message}.` : `${error}.`,
    field: typeof field === "string" ? field : null,
  };
}

/** A stamp of now, which tells the server later how long it took to write; null where none is to be had. */
export async function fetchStamp(): Promise<string | null> {
  try {
    const answer = await fetch("/api/stamp", { headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).stamp : null;
  } catch {
    return null;
  }
}

/** 128 random bits; not `randomUUID`, which browsers have on secure addresses only. */
export function makeKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
