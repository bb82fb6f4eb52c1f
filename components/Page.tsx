import Head from "next/head";
import { type ReactNode, useContext } from "react";
import { Account } from "@/components/Account";
import { VisitorContext } from "@/components/VisitorContext";
import { hasRole } from "@/lib/who";

/** The frame of every page. `title` is the document's; null on the front page, which has the name of the house. */
export function Page({ title, children }: { title: string | null; children: ReactNode }) {
  const visitor = useContext(VisitorContext);
  return (
    <>
      <Head>
        <title>{title === null ? "Antiphon" : `${title} – Antiphon`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
      </Head>
      <a className="skip" href="#main">
        To the content
      </a>
      <header className="site">
        <a className="name" href="/">
          <img src="/favicon.svg" alt="" width={28} height={28} />
          Antiphon
        </a>
        <nav aria-label="Site">
          {visitor && hasRole(visitor.user, "author") && <a href="/posts">Posts</a>}
          <a href="/docs">Docs</a>
          <a href="/api/comments">API</a>
          {visitor && <a href="/people">People</a>}
        </nav>
        <Account />
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <footer className="site">
        <p>Antiphon, a comment server of one’s own.</p>
      </footer>
    </>
  );
}
