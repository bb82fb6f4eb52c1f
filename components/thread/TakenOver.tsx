import Head from "next/head";
import { createElement } from "react";
import { Discussion, type DiscussionProps } from "@/components/thread/Discussion";

/** A thread that the element takes over where scripts run. */
export function TakenOver(props: DiscussionProps) {
  const { post, target } = props;
  return (
    <>
      <Head>
        <script async src="/embed.js" />
      </Head>
      {createElement("antiphon-comments", { post: post ?? target }, <Discussion {...props} />)}
    </>
  );
}
