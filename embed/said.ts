import type { Translator } from "@/components/thread/translator";
import { ApiError } from "@/lib/client/error";

/** What the server refused, or that it can't be reached, in the reader's words; and the field that is to blame. */
export function toSaid(
  t: Translator,
  error: unknown,
): { kind: "refused"; text: string; field: string | null } {
  if (!(error instanceof ApiError)) return { kind: "refused", text: t("error.unknown"), field: null };
  const { code, issues, retryAfter } = error;
  const field = issues[0]?.path[0];
  const values = { code, count: retryAfter ?? 60, origin: location.origin };
  const keys = [`error.${code}.${String(field)}`, `error.${code}`];
  const known = keys.find((key) => t(key) !== key);
  return {
    kind: "refused",
    text: t(known ?? "error", values),
    field: typeof field === "string" ? field : null,
  };
}
