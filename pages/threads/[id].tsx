import type { GetServerSidePropsContext } from "next";
import Head from "next/head";
import type { DiscussionProps } from "@/components/thread/Discussion";
import { toFragment } from "@/components/thread/fragment";
import { TakenOver } from "@/components/thread/TakenOver";
import { createTranslator } from "@/components/thread/translator";
import { baseOf } from "@/lib/http/auth";
import { readParameter, serverSide } from "@/lib/http/serverSide";
import { readThreadPage } from "@/lib/http/threadPage";
import { requireHead } from "@/lib/posts";
import { store } from "@/lib/store";
import en from "@/public/languages/en.json";

export const config = { unstable_runtimeJS: false };

type Props = Omit<DiscussionProps, "t" | "visitor" | "mails">;

export const getServerSideProps = serverSide<Props>(async (context) => {
  const kept = await store();
  const post = await requireHead(kept, String(context.params?.id));
  const fragment = readParameter(context, "format") === "fragment";
  const server = fragment ? serverOf(context) : "";
  const props = {
    thread: await readThreadPage(context, kept, post, baseOf(context.req)),
    post: post.id,
    target: String(post.id),
    page: `${server}/threads/${post.slug}`,
    server,
    own: !fragment,
    mine: {},
    edit: null,
    said: null,
  };
  if (fragment) {
    context.res.setHeader("Content-Type", "text/html; charset=utf-8");
    context.res.setHeader("Access-Control-Allow-Origin", "*");
    context.res.setHeader("Cache-Control", "public, max-age=0, must-revalidate");
    context.res.end(toFragment({ ...props, t: createTranslator("en", en), visitor: null, mails: false }));
  }
  return props;
});

function serverOf({ req }: GetServerSidePropsContext): string {
  return baseOf(req) || `//${req.headers.host}`;
}

export default function ThreadPage(props: Props) {
  return (
    <>
      <Head>
        <title>Comments</title>
        <meta name="robots" content="noindex" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
      </Head>
      <main className="alone">
        <TakenOver {...props} t={createTranslator("en", en)} visitor={null} mails={false} />
      </main>
    </>
  );
}
