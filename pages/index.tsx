import type { GetServerSidePropsContext } from "next";
import Head from "next/head";
import { Fragment } from "react";
import { FeedLinks } from "@/components/FeedLinks";
import { Filled } from "@/components/Filled";
import { useLink, useTexts } from "@/components/LanguageContext";
import { Page } from "@/components/Page";
import { PostExcerpt } from "@/components/PostExcerpt";
import { toSaid } from "@/components/thread/toSaid";
import { addressFor } from "@/lib/http/auth";
import { fromCursor, keyOf, toCursor } from "@/lib/http/page";
import { type Framed, readParameter, serverSide } from "@/lib/http/serverSide";
import { readThreadNotice, type ThreadNotice } from "@/lib/notices";
import { type ExcerptedPost, isFresh, toExcerptedPost } from "@/lib/posts";
import { store } from "@/lib/store";
import { threadTranslator } from "@/lib/texts";

export const config = { unstable_runtimeJS: false };

const POSTS = 10;

interface Props {
  posts: ExcerptedPost[];
  /** The cursor of the posts that follow. */
  next: string | null;
  /** The address of a server on which there is nothing yet but the demo. */
  fresh: string | null;
  /** Of a form about a post that has no page. */
  notice: ThreadNotice | null;
}

const read = async (context: GetServerSidePropsContext): Promise<Props> => {
  const kept = await store();
  const after = fromCursor("time", readParameter(context, "cursor"));
  const { rows, more } = await kept.posts.list({ after, limit: POSTS });
  const last = rows.at(-1);
  return {
    posts: rows.map(toExcerptedPost),
    next: more && last ? toCursor("time", keyOf("time", last)) : null,
    fresh: after === undefined && isFresh(rows) ? addressFor(context.req) : null,
    notice: readThreadNotice(context),
  };
};

export const getServerSideProps = serverSide<Props>(read, ["front"]);

export default function FrontPage({ posts, next, fresh, notice, language }: Props & Framed) {
  const t = useTexts();
  const link = useLink();
  const said = toSaid(threadTranslator(language), notice, "");
  return (
    <Page title={null}>
      <Head>
        <meta name="description" content={t("front.description")} />
      </Head>
      <FeedLinks path="/api/feed" title={t("feed")} />
      {said && (
        <p className={`notice ${said.kind}`} role={said.kind === "refused" ? "alert" : "status"}>
          {said.text}
        </p>
      )}
      {fresh === null ? (
        <h1>{t("posts")}</h1>
      ) : (
        <section className="welcome">
          <h1>{t("front.title")}</h1>
          <p>{t("front.text")}</p>
          <FirstCommands address={fresh} post={posts[0]?.slug ?? null} />
        </section>
      )}
      {posts.length === 0 && <Empty />}
      {posts.map((post) => (
        <PostExcerpt key={post.id} post={post} />
      ))}
      {next !== null && (
        <p className="paging">
          <a href={link(`/?cursor=${next}`)} rel="next">
            {t("olderPosts")}
          </a>
        </p>
      )}
    </Page>
  );
}

function FirstCommands({ address, post }: { address: string; post: string | null }) {
  const t = useTexts();
  const api = `${address}/api`;
  const commands: Record<string, string[]> =
    post === null
      ? { [t("front.health")]: ["curl", `${api}/health`], [t("front.readAll")]: ["curl", `${api}/comments`] }
      : {
          [t("front.readAll")]: ["curl", `${api}/comments`],
          [t("front.readOne")]: ["curl", `${api}/comments/${post}`],
          [t("front.write")]: [
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
            <code dir="ltr">
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
  const t = useTexts();
  return (
    <section className="empty">
      <h2>{t("front.empty")}</h2>
      <p>
        <Filled text="front.emptyText" place="command">
          <code>npm run seed -- db/seed/posts.json db/seed/comments.json</code>
        </Filled>
      </p>
    </section>
  );
}
