import type { GetServerSidePropsContext } from "next";
import Head from "next/head";
import { FeedLinks } from "@/components/FeedLinks";
import { useTexts } from "@/components/LanguageContext";
import { Page } from "@/components/Page";
import { PageThread } from "@/components/PageThread";
import { PostText } from "@/components/PostText";
import { toFragment } from "@/components/thread/fragment";
import type { Store } from "@/db/store";
import { baseOf } from "@/lib/http/auth";
import { AT_HOME, isFragment, readDiscussion, type ShownDiscussion } from "@/lib/http/discussion";
import { answerFragment } from "@/lib/http/fragment";
import { type Framed, serverSide } from "@/lib/http/serverSide";
import { toJsonLd } from "@/lib/jsonLd";
import { requirePost, type ShownPost, toShownPost } from "@/lib/posts";
import { store } from "@/lib/store";

export const config = { unstable_runtimeJS: false };

interface Props {
  post: ShownPost;
  discussion: ShownDiscussion;
  /** What search engines read of it. */
  data: string;
}

export const getServerSideProps = serverSide<Props>(async (context, visitor, { language }) => {
  if (isFragment(context)) {
    await answerFragment(context, visitor, language, { look: AT_HOME, find: findPlace, toHtml: toFragment });
    return null;
  }
  const kept = await store();
  const { post, path } = await findPlace(context, kept);
  const discussion = await readDiscussion(context, kept, { post, path }, visitor);
  const data = toJsonLd(post, discussion.thread.comments, baseOf(context.req) + path);
  return { post: toShownPost(post), discussion, data };
});

async function findPlace({ params }: GetServerSidePropsContext, kept: Store) {
  const post = await requirePost(kept, String(params?.id));
  return { post, path: `/posts/${post.slug}` };
}

export default function PostPage({ post, discussion, data, ...frame }: Props & Framed) {
  const t = useTexts();
  return (
    <Page title={post.title}>
      <Head>
        <link rel="canonical" href={`/posts/${post.slug}`} />
      </Head>
      <FeedLinks path={`/api/comments/${post.id}/feed`} title={t("feedOf", { title: post.title })} />
      <article className="post">
        <h1 dir="auto">{post.title}</h1>
        <PostText post={post} />
      </article>
      <PageThread {...frame} discussion={discussion} />
      <script type="application/ld+json">{data}</script>
    </Page>
  );
}
