import type { NextPageContext } from "next";
import { Sorry } from "@/components/Sorry";

/** For every page that can't be shown: Next's own would be in English. */
export default function ErrorPage({ status }: { status: number }) {
  return <Sorry kind={status === 404 ? "missing" : status < 500 ? "unclear" : "failed"} />;
}

ErrorPage.getInitialProps = async ({ req, res, query }: NextPageContext) => {
  const status = res?.statusCode ?? 500;
  // Browsers never ask: no page of ours goes to another one without leaving. Written so that they need not load it either.
  if (typeof window === "undefined") {
    const { chooseLanguage } = await import("@/lib/http/language");
    const { pageMessages } = await import("@/lib/texts");
    if (req && res) {
      const choice = chooseLanguage(req, res, query.lang);
      return { status, ...choice, messages: pageMessages(choice.language, ["sorry"]) };
    }
  }
  return { status };
};
