import type { Said } from "@/components/thread/Said";
import type { ThreadNotice } from "@/lib/notices";
import type { Translator } from "@/lib/translator";

/** Where an error has another text on a page than in the element, which knows more of it. */
const ON_PAGES: Record<string, string> = {
  "error.rate_limited": "error.often",
  "error.forbidden": "error.unauthorized",
};

/** What a page says of the form that led to it. `origin`: of the site whose thread it is. */
export function toSaid(t: Translator, notice: ThreadNotice | null, origin: string): Said | null {
  if (notice === null) return null;
  const code = notice.code ?? "";
  const say = (key: string) => {
    const known = ON_PAGES[key] ?? key;
    return t(known in t.messages ? known : "error", { code, origin });
  };
  return { kind: notice.kind, text: notice.says.map(say).join(" "), field: notice.field };
}
