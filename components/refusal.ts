import { ApiError } from "@/lib/client";
import { tellProblem } from "@/lib/tellProblem";
import type { Translator } from "@/lib/translator";

/** Why a form was refused. */
export interface Refusal {
  /** What is wrong with the first field that is to blame, or else with the whole. */
  text: string;
  /** The name of that field; null where none is to blame. */
  field: string | null;
  /** What is wrong with each field that is to blame. */
  fields: Record<string, string>;
}

/** The fields that a conflict is about. */
const BLAMED: Record<string, string> = { slug_taken: "slug", page_taken: "url" };

/** The fields that what is said of them is known of. */
const KNOWN = new Set([
  ...["name", "email", "password", "title", "content", "author", "category", "slug", "url"],
]);

/**
 * What a form shows of what the client throws, said by `t`. `unreachable`: the key of what to say where the server can't
 * be reached.
 */
export function toRefusal(t: Translator, error: unknown, unreachable = "unreachable"): Refusal {
  if (!(error instanceof ApiError) || error.code === "unknown")
    return { text: t(unreachable), field: null, fields: {} };
  const text = tellProblem(t, error.code);
  const blamed = BLAMED[error.code];
  if (blamed !== undefined) return { text, field: blamed, fields: { [blamed]: text } };
  const names = error.issues.flatMap(({ path: [name] }) =>
    typeof name === "string" && KNOWN.has(name) ? [name] : [],
  );
  const fields = Object.fromEntries(names.map((name) => [name, t(`wrong.${name}`)]));
  const [first] = names;
  return { text: (first !== undefined && fields[first]) || text, field: first ?? null, fields };
}
