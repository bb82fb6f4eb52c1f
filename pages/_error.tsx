import type { NextPageContext } from "next";
import { Sorry } from "@/components/Sorry";

/** For every page that can't be shown: Next's own would be in English. */
export default function ErrorPage({ status }: { status: number }) {
  return <Sorry kind={status === 404 ? "missing" : status < 500 ? "unclear" : "failed"} />;
}

ErrorPage.getInitialProps = async ({ req, res, query }: NextPageContext) => {
  const status = res?.statusCode ?? 500;
  // Browsers never ask this: no page of ours goes to another one without leaving.
  if (typeof window !== "undefined" || !req || !res) return { status };
  const { chooseLanguage } = await import("@/lib/http/language");
  const { pageMessages } = await import("@/lib/texts");
  const choice = chooseLanguage(req, res, query.lang);
  return { status, ...choice, messages: pageMessages(choice.language) };
};
