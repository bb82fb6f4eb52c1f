import Head from "next/head";
import type { ReplyTarget } from "@/components/CommentForm";
import { Discussion } from "@/components/Discussion";
import { FeedLinks } from "@/components/FeedLinks";
import { Page } from "@/components/Page";
import { PostText } from "@/components/PostText";
import { fromCursor, toCursor } from "@/lib/http/page";
import { readIdParameter, readParameter, serverSide } from "@/lib/http/serverSide";
import { type Notice, readNotice } from "@/lib/notices";
import { requirePost, type ShownPost, toShownPost } from "@/lib/posts";
import { store } from "@/lib/store";
import { findReplyTarget, readPart, readPartAt, type ShownComment } from "@/lib/thread";

const COMMENTS = 100;

interface Props {
  post: ShownPost;
  comments: ShownComment[];
  /** Whether the thread begins here. */
  start: boolean;
  /** The cursor of the part that follows. */
  next: string | null;
  replyTo: ReplyTarget | null;
  notice: Notice | null;
}

export const getServerSideProps = serverSide<Props>(async (context) => {
  const kept = await store();
  const post = await requirePost(kept, String(context.params?.id));
  const after = fromCursor("time", readParameter(context, "cursor"));
  const reply = readIdParameter(context, "reply");
  const at = readIdParameter(context, "at") ?? reply;
  const part =
    after === undefined && at !== undefined
      ? await readPartAt(kept, post, COMMENTS, at)
      : { ...(await readPart(kept, post, COMMENTS, after)), start: after === undefined };
  return {
    post: toShownPost(post),
    comments: part.comments,
    start: part.start,
    next: part.next && toCursor("time", part.next),
    replyTo: reply === undefined ? null : await findReplyTarget(kept, post, reply),
    notice: readNotice(context),
  };
});

export default function PostPage({ post, comments, start, next, replyTo, notice }: Props) {
  const path = `/posts/${post.slug}`;
  return (
    <Page title={post.title}>
      <Head>
        <link rel="canonical" href={path} />
      </Head>
      <FeedLinks path={`/api/comments/${post.id}/feed`} title={`Comments on ${post.title}`} />
      <article className="post">
        <h1 dir="auto">{post.title}</h1>
        <PostText post={post} />
      </article>
      <Discussion
        post={post}
        comments={comments}
        as="page"
        replyTo={replyTo}
        notice={notice}
        before={
          !start && (
            <p className="paging">
              <a href={`${path}#comments-${post.id}`}>To the first comments</a>
            </p>
          )
        }
        after={
          next !== null && (
            <p className="paging">
              <a href={`${path}?cursor=${next}#comments-${post.id}`}>Later comments</a>
            </p>
          )
        }
      />
    </Page>
  );
}
