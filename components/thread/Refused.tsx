import { directionOf } from "@/lib/languages";
import type { Translator } from "@/lib/translator";

interface Props {
  t: Translator;
  code: string;
  /** Of the site whose thread was asked for. */
  origin: string;
}

/** What gets better by itself: the element offers to try it again. */
const SOON = new Set(["unavailable", "overloaded"]);

/** Stands where a thread would be, and says why there is none. */
export function Refused({ t, code, origin }: Props) {
  const key = `error.${code}`;
  return (
    <section
      className="antiphon"
      data-code={code}
      data-again={SOON.has(code) ? t("tryAgain") : undefined}
      part="thread"
      lang={t.language}
      dir={directionOf(t.language)}
    >
      <h2 part="heading">{t("notHere")}</h2>
      <p className="notice refused" role="alert">
        {t(key in t.messages ? key : "error", { code, origin })}
      </p>
    </section>
  );
}
