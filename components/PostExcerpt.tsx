import { Time } from "@/components/Time";
import type { ExcerptedPost } from "@/lib/posts";

/** A post among others: its title, how it begins, and how much was said about it. */
export function PostExcerpt({ post }: { post: ExcerptedPost }) {
  const { id, slug, title, author, category, comments, createdAt, excerpt, url } = post;
  const count = comments === 1 ? "1 comment" : `${comments.toLocaleString("en")} comments`;
  return (
    <article className="excerpt" aria-labelledby={`post-${id}`}>
      <h2 id={`post-${id}`} dir="auto">
        <a href={`/posts/${slug}`}>{title}</a>
      </h2>
      <p className="meta">
        {author !== null && (
          <>
            <bdi>{author}</bdi>
            {" · "}
          </>
        )}
        <Time at={createdAt} only="day" />
        {category !== null && (
          <>
            {" · "}
            <bdi>{category}</bdi>
          </>
        )}
        {" · "}
        <a href={`/posts/${slug}#comments`}>
          {comments === 0 ? "No comments yet" : count}
          <span className="unseen">
            {" on "}
            <bdi>{title}</bdi>
          </span>
        </a>
      </p>
      {excerpt !== null && <p dir="auto">{excerpt}</p>}
      {url !== null && <p className="elsewhere">{url.replace(/^https?:\/\//, "")}</p>}
    </article>
  );
}
