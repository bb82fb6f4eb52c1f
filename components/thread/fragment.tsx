import { renderToStaticMarkup } from "react-dom/server";
import { Discussion } from "@/components/thread/Discussion";
import { Refused } from "@/components/thread/Refused";
import type { Alone, Reader } from "@/lib/http/fragment";
import { threadTranslator } from "@/lib/texts";

/** The HTML of a thread alone. What became of a form is for the page around it to say. */
export function toFragment(alone: Alone, { language, visitor, mails }: Reader): string {
  const t = threadTranslator(language);
  return renderToStaticMarkup(
    alone.refused === null ? (
      <Discussion
        {...alone.discussion}
        t={t}
        said={null}
        visitor={visitor?.user.name ?? null}
        mails={mails}
      />
    ) : (
      <Refused t={t} code={alone.refused} origin={alone.origin} />
    ),
  );
}
