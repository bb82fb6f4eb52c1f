import { useRouter } from "next/router";
import { useContext } from "react";
import { useLink, useTexts } from "@/components/LanguageContext";
import { VisitorContext } from "@/components/VisitorContext";

/** Who is signed in, and the way out; else the way in, which leads back here. Nothing where the page can't know. */
export function Account() {
  const visitor = useContext(VisitorContext);
  const t = useTexts();
  const link = useLink();
  const { asPath, pathname } = useRouter();
  if (visitor === undefined || (visitor === null && pathname === "/login")) return null;
  if (visitor === null) {
    const [here = "/"] = asPath.split("#", 1);
    const query = here === "/" ? "" : `?${new URLSearchParams({ next: here })}`;
    return (
      <nav className="account" aria-label={t("account")}>
        <a href={link(`/login${query}`)}>{t("signIn")}</a>
      </nav>
    );
  }
  return (
    <form className="account" method="post" action="/api/session">
      <input type="hidden" name="_method" value="DELETE" />
      <span>
        <span className="unseen">{t("signedIn")} </span>
        <bdi>{visitor.user.name}</bdi>
      </span>
      <button type="submit">{t("signOut")}</button>
    </form>
  );
}
