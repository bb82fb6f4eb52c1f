import type { Discussion } from "@/embed/Discussion";
import { Refused } from "@/embed/fragment";
import { ApiError } from "@/lib/client/error";

/** Tells the page, and returns in the reader's words, what was refused, or that the server can't be reached; and the field to blame. `unknown`: the text for the latter. */
export function toSaid(
  { t, tell }: Pick<Discussion, "t" | "tell">,
  error: unknown,
  unknown = "unknown",
): { text: string; field: string } {
  const refused: Partial<ApiError> = error instanceof ApiError ? error : {};
  const { code = "unknown", issues, retryAfter } = refused;
  const field = String(issues?.[0]?.path[0] ?? "");
  const values = { code, count: retryAfter ?? 60, origin: location.origin };
  const known = [`error.${code}.${field}`, `error.${code === "unknown" ? unknown : code}`].find(
    (key) => key in t.messages,
  );
  const text = error instanceof Refused ? error.message : t(known ?? "error", values);
  tell("error", { code, message: text });
  return { text, field };
}
