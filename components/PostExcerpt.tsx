import { Instant } from "@/components/Instant";
import { useLink, useTexts } from "@/components/LanguageContext";
import type { ExcerptedPost } from "@/lib/posts";

/** A post among others: its title, how it begins, and how much was said about it. */
export function PostExcerpt({ post }: { post: ExcerptedPost }) {
  const t = useTexts();
  const link = useLink();
  const { id, slug, title, author, category, comments, createdAt, excerpt, url } = post;
  return (
    <article className="excerpt" aria-labelledby={`post-${id}`}>
      <h2 id={`post-${id}`} dir="auto">
        <a href={link(`/posts/${slug}`)}>{title}</a>
      </h2>
      <p className="meta">
        {author !== null && (
          <>
            <bdi>{author}</bdi>
            {" · "}
          </>
        )}
        <Instant at={createdAt} only="day" />
        {category !== null && (
          <>
            {" · "}
            <bdi>{category}</bdi>
          </>
        )}
        {" · "}
        <a href={link(`/posts/${slug}#comments`)}>
          {t("comments", { count: comments })}
          <span className="unseen"> {t("on", { title })}</span>
        </a>
      </p>
      {excerpt !== null && <p dir="auto">{excerpt}</p>}
      {url !== null && (
        <p className="elsewhere" dir="ltr">
          {url.replace(/^https?:\/\//, "")}
        </p>
      )}
    </article>
  );
}
