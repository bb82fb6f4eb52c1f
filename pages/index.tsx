import Head from "next/head";
import { Fragment } from "react";
import { Discussion } from "@/components/Discussion";
import { FeedLinks } from "@/components/FeedLinks";
import { Page } from "@/components/Page";
import { PostText } from "@/components/PostText";
import { addressFor } from "@/lib/http/auth";
import { fromCursor, keyOf, toCursor } from "@/lib/http/page";
import { readParameter, serverSide } from "@/lib/http/serverSide";
import { type Notice, readNotice } from "@/lib/notices";
import { type ShownPost, toShownPost } from "@/lib/posts";
import { store } from "@/lib/store";
import { readPart, type ShownComment } from "@/lib/thread";

const POSTS = 10;
const COMMENTS = 10;

interface Props {
  posts: { post: ShownPost; comments: ShownComment[]; more: boolean }[];
  /** The cursor of the posts that follow. */
  next: string | null;
  start: boolean;
  address: string;
  notice: Notice | null;
}

export const getServerSideProps = serverSide<Props>(async (context) => {
  const kept = await store();
  const after = fromCursor("time", readParameter(context, "cursor"));
  const { rows, more } = await kept.posts.list({ after, limit: POSTS });
  const posts = await Promise.all(
    rows.map(async (post) => {
      const { comments, next } = await readPart(kept, post, COMMENTS);
      return { post: toShownPost(post), comments, more: next !== null };
    }),
  );
  const last = rows.at(-1);
  return {
    posts,
    next: more && last ? toCursor("time", keyOf("time", last)) : null,
    start: after === undefined,
    address: addressFor(context.req),
    notice: readNotice(context),
  };
});

export default function FrontPage({ posts, next, start, address, notice }: Props) {
  return (
    <Page title={null}>
      <Head>
        <meta
          name="description"
          content="A self-hosted comment server: threads, moderation and an HTTP API."
        />
      </Head>
      <FeedLinks path="/api/feed" title="Comments" />
      {notice && (
        <p className={`notice ${notice.kind}`} role={notice.kind === "held" ? "status" : "alert"}>
          {notice.text}
        </p>
      )}
      {start && (
        <section className="welcome">
          <h1>Comments, on your own server</h1>
          <p>
            Antiphon keeps the comments of your site in one process and one file: threads, moderation and an
            HTTP API, without tracking.
          </p>
          <FirstCommands address={address} post={posts[0]?.post.slug ?? null} />
        </section>
      )}
      {posts.length === 0 && <Empty />}
      {posts.map(({ post, comments, more }) => (
        <article className="post" key={post.id} aria-labelledby={`post-${post.id}`}>
          <h2 id={`post-${post.id}`} dir="auto">
            <a href={`/posts/${post.slug}`}>{post.title}</a>
          </h2>
          <PostText post={post} />
          <Discussion
            post={post}
            comments={comments}
            as="part"
            after={
              more && (
                <p className="paging">
                  <a href={`/posts/${post.slug}#comments-${post.id}`}>
                    All {post.comments.toLocaleString("en")} comments
                    <span className="unseen">
                      {" on "}
                      <bdi>{post.title}</bdi>
                    </span>
                  </a>
                </p>
              )
            }
          />
        </article>
      ))}
      {next !== null && (
        <p className="paging">
          <a href={`/?cursor=${next}`}>Older posts</a>
        </p>
      )}
    </Page>
  );
}

function FirstCommands({ address, post }: { address: string; post: string | null }) {
  const api = `${address}/api`;
  const commands: Record<string, string[]> =
    post === null
      ? { "Is it well?": ["curl", `${api}/health`], "Read all comments": ["curl", `${api}/comments`] }
      : {
          "Read all comments": ["curl", `${api}/comments`],
          "Read one thread": ["curl", `${api}/comments/${post}`],
          "Write a comment": [
            "curl",
            `${api}/comments`,
            `-d post=${post}`,
            "-d author=Ada",
            '-d "comment=Nice *post*"',
          ],
        };
  return (
    <dl className="commands">
      {Object.entries(commands).map(([what, words]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>
            <code>
              {words.map((word) => (
                <Fragment key={word}>
                  <span>{word}</span>{" "}
                </Fragment>
              ))}
            </code>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Empty() {
  return (
    <section className="empty">
      <h2>Nothing here yet</h2>
      <p>
        The first comment on a page of your site makes its thread. For a start with something to look at, run{" "}
        <code>npm run seed -- db/seed/posts.json db/seed/comments.json</code>.
      </p>
    </section>
  );
}
