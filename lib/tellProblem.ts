import type { Translator } from "@/lib/translator";

/** What a page says of an error of the API: a sentence for it where there is one, else its code. */
export function tellProblem(t: Translator, code: string): string {
  const key = `problem.${code}`;
  const text = t(key);
  return text === key ? t("problem", { code }) : text;
}
