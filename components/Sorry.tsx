import { useLink, useTexts } from "@/components/LanguageContext";
import { Page } from "@/components/Page";

/** A page that can't be shown: what is the matter, and where to go on. */
export function Sorry({ kind }: { kind: "missing" | "unclear" | "failed" | "unavailable" }) {
  const t = useTexts();
  const link = useLink();
  return (
    <Page title={t(`sorry.${kind}`)}>
      <div className="sorry">
        <h1>{t(`sorry.${kind}`)}</h1>
        <p>{t(`sorry.${kind}Text`)}</p>
        <p>
          <a href={link("/")}>{t("frontPage")}</a>
        </p>
      </div>
    </Page>
  );
}
