import { useRouter } from "next/router";
import { useContext } from "react";
import { LanguageContext, useTexts } from "@/components/LanguageContext";
import { LANGUAGES } from "@/lib/languages";

/** Links to this page in every language, each in its own words. Nothing where the page has one language only. */
export function Languages() {
  const t = useTexts();
  const { chosen } = useContext(LanguageContext);
  const { asPath } = useRouter();
  if (chosen === undefined) return null;
  const query = new URLSearchParams(/\?[^#]*/.exec(asPath)?.[0]);
  /** Without a path: whatever this one is, the browser stays on it. */
  const address = (code: string) => {
    query.set("lang", code);
    return `?${query}`;
  };
  return (
    <nav className="languages" aria-label={t("languages")}>
      <ul>
        {LANGUAGES.map(({ code, name, direction }) => (
          <li key={code}>
            <a
              href={address(code)}
              lang={code}
              hrefLang={code}
              dir={direction}
              aria-current={code === t.language ? "true" : undefined}
            >
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
