import type { Store } from "@/db/store";
import type { Config } from "@/lib/config";

/** What a rule looks at. */
interface Candidate {
  html: string;
  repeated: boolean;
}

type Rule = (candidate: Candidate) => string | null;

const links: Rule = ({ html }) => (html.includes("<a ") ? "links by a first-time author" : null);
const repetition: Rule = ({ repeated }) => (repeated ? "repeats a text" : null);
const everything: Rule = () => "every comment waits for a moderator";

/** The rules of each policy, in order; the first to speak holds the comment back, and says why. */
const POLICIES: Record<Config["moderation"], readonly Rule[]> = {
  open: [],
  first: [links, repetition],
  all: [everything],
};

/** Whether a text may appear at once, or why it waits. `editing`: the comment it belongs to, which vouches for nothing. */
export async function moderate(
  store: Store,
  policy: Config["moderation"],
  text: { html: string; textHash: string },
  who: { network: string | null; moderator: boolean; editing?: number },
): Promise<{ status: "approved" | "pending"; held: string | null }> {
  const rules = who.moderator ? [] : POLICIES[policy];
  if (rules.length === 0) return { status: "approved", held: null };
  const { approved, repeated } = await store.comments.known(who.network, text.textHash, who.editing);
  const candidate = { html: text.html, repeated };
  const held =
    policy === "first" && approved
      ? null
      : (rules.map((rule) => rule(candidate)).find((reason) => reason !== null) ?? null);
  return { status: held === null ? "approved" : "pending", held };
}
