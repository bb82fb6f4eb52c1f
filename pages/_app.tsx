import "@/components/site.css";
import "@/components/thread/thread.css";
import type { AppProps } from "next/app";
import { useMemo } from "react";
import { LanguageContext } from "@/components/LanguageContext";
import { MailContext } from "@/components/MailContext";
import { Sorry } from "@/components/Sorry";
import { VisitorContext } from "@/components/VisitorContext";
import { createTranslator, type Messages } from "@/lib/translator";
import type { Visitor } from "@/lib/who";

interface Shared {
  unavailable?: boolean;
  visitor?: Visitor | null;
  mails?: boolean;
  language: string;
  messages: Messages;
  /** Undefined where the page has one language only. */
  chosen?: boolean;
}

export default function App({ Component, pageProps }: AppProps<Shared>) {
  const { unavailable, visitor, mails, language, messages, chosen } = pageProps;
  const speech = useMemo(
    () => ({
      t: createTranslator(language, messages),
      chosen: chosen === undefined ? chosen : chosen ? language : null,
    }),
    [language, messages, chosen],
  );
  return (
    <LanguageContext value={speech}>
      <VisitorContext value={visitor}>
        <MailContext value={mails === true}>
          {unavailable ? <Sorry kind="unavailable" /> : <Component {...pageProps} />}
        </MailContext>
      </VisitorContext>
    </LanguageContext>
  );
}
