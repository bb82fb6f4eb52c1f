import Head from "next/head";
import { Fragment } from "react";
import { FeedLinks } from "@/components/FeedLinks";
import { Page } from "@/components/Page";
import { PostExcerpt } from "@/components/PostExcerpt";
import { addressFor } from "@/lib/http/auth";
import { fromCursor, keyOf, toCursor } from "@/lib/http/page";
import { readParameter, serverSide } from "@/lib/http/serverSide";
import { type Notice, readNotice } from "@/lib/notices";
import { type ExcerptedPost, isFresh, toExcerptedPost } from "@/lib/posts";
import { store } from "@/lib/store";

export const config = { unstable_runtimeJS: false };

const POSTS = 10;

interface Props {
  posts: ExcerptedPost[];
  /** The cursor of the posts that follow. */
  next: string | null;
  /** The address of a server on which there is nothing yet but the demo. */
  fresh: string | null;
  notice: Notice | null;
}

export const getServerSideProps = serverSide<Props>(async (context) => {
  const kept = await store();
  const after = fromCursor("time", readParameter(context, "cursor"));
  const { rows, more } = await kept.posts.list({ after, limit: POSTS });
  const last = rows.at(-1);
  return {
    posts: rows.map(toExcerptedPost),
    next: more && last ? toCursor("time", keyOf("time", last)) : null,
    fresh: after === undefined && isFresh(rows) ? addressFor(context.req) : null,
    notice: readNotice(context),
  };
});

export default function FrontPage({ posts, next, fresh, notice }: Props) {
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
      {fresh === null ? (
        <h1>Posts</h1>
      ) : (
        <section className="welcome">
          <h1>Comments, on your own server</h1>
          <p>
            Antiphon keeps the comments of your site in one process and one file: threads, moderation and an
            HTTP API, without tracking.
          </p>
          <FirstCommands address={fresh} post={posts[0]?.slug ?? null} />
        </section>
      )}
      {posts.length === 0 && <Empty />}
      {posts.map((post) => (
        <PostExcerpt key={post.id} post={post} />
      ))}
      {next !== null && (
        <p className="paging">
          <a href={`/?cursor=${next}`} rel="next">
            Older posts
          </a>
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
