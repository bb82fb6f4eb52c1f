import { renderToStaticMarkup } from "react-dom/server";
import { Discussion } from "@/components/thread/Discussion";
import { Refused } from "@/components/thread/Refused";
import type { Alone } from "@/lib/http/alone";
import type { Language } from "@/lib/languages";
import { threadTranslator } from "@/lib/texts";

/** The HTML of a thread alone, for static sites and for the element; the same for all readers. */
export function toFragment(alone: Alone, mails: boolean, language: Language): string {
  const t = threadTranslator(language);
  return renderToStaticMarkup(
    alone.refused === null ? (
      <Discussion {...alone.discussion} t={t} said={null} visitor={null} mails={mails} />
    ) : (
      <Refused t={t} code={alone.refused} origin={alone.origin} />
    ),
  );
}
