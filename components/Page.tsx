import Head from "next/head";
import { type ReactNode, useContext } from "react";
import { Account } from "@/components/Account";
import { useLink, useTexts } from "@/components/LanguageContext";
import { Languages } from "@/components/Languages";
import { VisitorContext } from "@/components/VisitorContext";
import { hasRole } from "@/lib/who";

/** The frame of every page. `title` is the document's; null on the front page, which has the name of the house. */
export function Page({ title, children }: { title: string | null; children: ReactNode }) {
  const visitor = useContext(VisitorContext);
  const t = useTexts();
  const link = useLink();
  return (
    <>
      <Head>
        <title>{title === null ? "Antiphon" : `${title} – Antiphon`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
      </Head>
      <a className="skip" href="#main">
        {t("skip")}
      </a>
      <header className="site">
        <a className="name" href={link("/")}>
          <img src="/favicon.svg" alt="" width={28} height={28} />
          Antiphon
        </a>
        <nav aria-label={t("site")}>
          {visitor && hasRole(visitor.user, "author") && <a href={link("/posts")}>{t("posts")}</a>}
          <a href="/docs" hrefLang="en">
            {t("docs")}
          </a>
          <a href="/api/comments">API</a>
          {visitor && <a href={link("/people")}>{t("people")}</a>}
        </nav>
        <Account />
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <footer className="site">
        <p>{t("tagline")}</p>
        <Languages />
      </footer>
    </>
  );
}
