import Head from "next/head";
import { useEffect, useRef, useState } from "react";
import { Filled } from "@/components/Filled";
import { Instant } from "@/components/Instant";
import { useLink, useTexts } from "@/components/LanguageContext";
import { Page } from "@/components/Page";
import { PostForm } from "@/components/PostForm";
import type { ListedPost, PostRefusal } from "@/components/sendPost";
import { fromCursor, keyOf, toCursor } from "@/lib/http/page";
import { readIdParameter, readParameter, serverSide } from "@/lib/http/serverSide";
import { requireVisitor } from "@/lib/http/visitor";
import { readRefusal } from "@/lib/notices";
import { toListedPost } from "@/lib/posts";
import { store } from "@/lib/store";
import { hasRole } from "@/lib/who";

const POSTS = 20;

/** The fields that may be to blame, where a browser without JavaScript is led back here. */
const FIELDS = ["title", "content", "author", "category", "slug", "url"];

interface Props {
  /** Null for somebody whose role does not make posts. */
  author: { name: string } | null;
  posts: ListedPost[];
  /** The cursor of the posts that follow. */
  next: string | null;
  /** The id of the post that this page is the answer to. */
  made: number | null;
  refusal: PostRefusal | null;
}

export const getServerSideProps = serverSide<Props>(
  async (context, visitor, t) => {
    const { user } = requireVisitor(context, visitor);
    if (!hasRole(user, "author")) {
      context.res.statusCode = 403;
      return { author: null, posts: [], next: null, made: null, refusal: null };
    }
    const after = fromCursor("time", readParameter(context, "cursor"));
    const { rows, more } = await (await store()).posts.list({ after, limit: POSTS });
    const last = rows.at(-1);
    const notice = readRefusal(context, t, FIELDS);
    const back = t("back");
    return {
      author: { name: user.name },
      posts: rows.map(toListedPost),
      next: more && last ? toCursor("time", keyOf("time", last)) : null,
      made: readIdParameter(context, "made") ?? null,
      refusal: notice && {
        text: notice.field === null ? `${notice.text} ${back}` : back,
        fields: notice.field === null ? {} : { [notice.field]: notice.text },
      },
    };
  },
  ["desk", "wrong", "problem"],
);

export default function PostsPage({ author, posts, next, made, refusal }: Props) {
  const t = useTexts();
  return (
    <Page title={t("posts")}>
      <Head>
        <meta name="robots" content="noindex" />
      </Head>
      <h1>{t("posts")}</h1>
      {author === null ? (
        <p className="notice">{t("desk.notYours")}</p>
      ) : (
        <Desk author={author} posts={posts} next={next} made={made} refusal={refusal} />
      )}
    </Page>
  );
}

type DeskProps = Props & { author: { name: string } };

function Desk({ author, posts, next, made, refusal }: DeskProps) {
  const t = useTexts();
  const link = useLink();
  const [added, setAdded] = useState<ListedPost[]>([]);
  const newest = useRef<HTMLAnchorElement>(null);
  const shown = [...added, ...posts];
  const latest = added[0] ?? posts.find(({ id }) => id === made);

  useEffect(() => {
    if (added.length > 0) newest.current?.focus();
  }, [added]);

  return (
    <>
      <PostForm byline={author.name} refusal={refusal} onMade={(post) => setAdded([post, ...added])} />
      <section aria-labelledby="all-posts">
        <h2 id="all-posts">{t("desk.all")}</h2>
        <div role="status">
          {latest && (
            <p className="notice">
              <Filled text="desk.published" place="title">
                {latest.title}
              </Filled>
            </p>
          )}
        </div>
        {shown.length === 0 && <p>{t("desk.none")}</p>}
        <ol className="posts">
          {shown.map((post) => (
            <li key={post.id} id={`post-${post.id}`}>
              <a
                href={link(`/posts/${post.slug}`)}
                ref={post.id === added[0]?.id ? newest : undefined}
                dir="auto"
              >
                {post.title}
              </a>
              <Meta post={post} />
            </li>
          ))}
        </ol>
        {next !== null && (
          <p className="paging">
            <a href={link(`/posts?cursor=${next}`)}>{t("olderPosts")}</a>
          </p>
        )}
      </section>
    </>
  );
}

function Meta({ post: { author, category, comments, createdAt } }: { post: ListedPost }) {
  const t = useTexts();
  return (
    <p className="meta">
      {author !== null && (
        <>
          <bdi>{author}</bdi>
          {" · "}
        </>
      )}
      <Instant at={createdAt} />
      {category !== null && (
        <>
          {" · "}
          <bdi>{category}</bdi>
        </>
      )}
      {" · "}
      <span suppressHydrationWarning>{t("comments", { count: comments })}</span>
    </p>
  );
}
