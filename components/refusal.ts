import { ApiError } from "@/lib/client";

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

/** What a form shows of what the client throws. `advice`: what to do where the server can't be reached. */
export function toRefusal(error: unknown, advice = "Try again."): Refusal {
  if (!(error instanceof ApiError) || error.code === "unknown")
    return { text: `The server can’t be reached. ${advice}`, field: null, fields: {} };
  const text = `${error.issues[0]?.message ?? error.message}.`;
  const blamed = BLAMED[error.code];
  const wrong = error.issues.flatMap(({ path: [name], message }) =>
    typeof name === "string" ? [[name, `${message}.`]] : [],
  );
  const fields: Record<string, string> = Object.fromEntries(
    blamed === undefined ? wrong.reverse() : [[blamed, text]],
  );
  const first = blamed ?? error.issues[0]?.path[0];
  return { text, field: typeof first === "string" ? first : null, fields };
}
