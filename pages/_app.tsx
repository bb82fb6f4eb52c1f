import "@/components/site.css";
import "@/components/thread/thread.css";
import type { AppProps } from "next/app";
import { MailContext } from "@/components/MailContext";
import { Sorry } from "@/components/Sorry";
import { VisitorContext } from "@/components/VisitorContext";
import type { Visitor } from "@/lib/who";

export default function App({
  Component,
  pageProps,
}: AppProps<{ unavailable?: boolean; visitor?: Visitor | null; mails?: boolean }>) {
  if (pageProps.unavailable)
    return <Sorry title="Not now" text="The server can’t answer this now. Try again soon." />;
  return (
    <VisitorContext value={pageProps.visitor}>
      <MailContext value={pageProps.mails === true}>
        <Component {...pageProps} />
      </MailContext>
    </VisitorContext>
  );
}
