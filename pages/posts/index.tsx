import Head from "next/head";
import { useEffect, useRef, useState } from "react";
import { Page } from "@/components/Page";
import { PostForm } from "@/components/PostForm";
import type { ListedPost, PostRefusal } from "@/components/sendPost";
import { Time } from "@/components/Time";
import { fromCursor, keyOf, toCursor } from "@/lib/http/page";
import { readIdParameter, readParameter, serverSide } from "@/lib/http/serverSide";
import { requireVisitor } from "@/lib/http/visitor";
import { readRefusal } from "@/lib/notices";
import { toListedPost } from "@/lib/posts";
import { store } from "@/lib/store";
import { hasRole } from "@/lib/who";

const POSTS = 20;

/** What may be wrong with each field, where a browser without JavaScript is led back here. */
const FIELDS = {
  title: "The title is missing, too long, or has characters in it that can’t be shown.",
  content: "The text is missing, too long, or more deeply nested than can be shown.",
  author: "The byline is missing, too long, or has characters in it that can’t be shown.",
  category: "The category is too long, or has characters in it that can’t be shown.",
  slug: "A slug is words of a–z and 0–9 with - between, and not all digits.",
  url: "The page must begin with http:// or https://.",
};

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

export const getServerSideProps = serverSide<Props>(async (context, visitor) => {
  const { user } = requireVisitor(context, visitor);
  if (!hasRole(user, "author")) {
    context.res.statusCode = 403;
    return { author: null, posts: [], next: null, made: null, refusal: null };
  }
  const after = fromCursor("time", readParameter(context, "cursor"));
  const { rows, more } = await (await store()).posts.list({ after, limit: POSTS });
  const last = rows.at(-1);
  const notice = readRefusal(context, FIELDS);
  const back = "Your browser’s Back button still holds what you typed.";
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
});

export default function PostsPage({ author, posts, next, made, refusal }: Props) {
  return (
    <Page title="Posts">
      <Head>
        <meta name="robots" content="noindex" />
      </Head>
      <h1>Posts</h1>
      {author === null ? (
        <p className="notice">
          Posts are made by people with the role author, and yours is member. You can comment on every post;
          to write posts, ask an admin for the role.
        </p>
      ) : (
        <Desk author={author} posts={posts} next={next} made={made} refusal={refusal} />
      )}
    </Page>
  );
}

type DeskProps = Props & { author: { name: string } };

function Desk({ author, posts, next, made, refusal }: DeskProps) {
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
        <h2 id="all-posts">All posts</h2>
        <div role="status">
          {latest && (
            <p className="notice">
              Published: <bdi>{latest.title}</bdi>
            </p>
          )}
        </div>
        {shown.length === 0 && <p>There are none yet.</p>}
        <ol className="posts">
          {shown.map((post) => (
            <li key={post.id} id={`post-${post.id}`}>
              <a href={`/posts/${post.slug}`} ref={post.id === added[0]?.id ? newest : undefined} dir="auto">
                {post.title}
              </a>
              <Meta post={post} />
            </li>
          ))}
        </ol>
        {next !== null && (
          <p className="paging">
            <a href={`/posts?cursor=${next}`}>Older posts</a>
          </p>
        )}
      </section>
    </>
  );
}

function Meta({ post: { author, category, comments, createdAt } }: { post: ListedPost }) {
  return (
    <p className="meta">
      {author !== null && (
        <>
          <bdi>{author}</bdi>
          {" · "}
        </>
      )}
      <Time at={createdAt} />
      {category !== null && (
        <>
          {" · "}
          <bdi>{category}</bdi>
        </>
      )}
      {` · ${comments.toLocaleString("en")} ${comments === 1 ? "comment" : "comments"}`}
    </p>
  );
}
