import type { Translator } from "@/lib/translator";

/** An instant (ISO 8601), in the words of the language. */
export function Time({ at, t }: { at: string; t: Translator }) {
  return <time dateTime={at}>{t.date(at)}</time>;
}
