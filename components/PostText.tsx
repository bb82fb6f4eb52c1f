import { Html } from "@/components/Html";
import { Instant } from "@/components/Instant";
import type { ShownPost } from "@/lib/posts";

/** What a post says: byline, text, and the page elsewhere that it stands for. */
export function PostText({ post }: { post: ShownPost }) {
  return (
    <>
      <p className="meta">
        {post.author !== null && (
          <>
            <bdi>{post.author}</bdi>
            {" · "}
          </>
        )}
        <Instant at={post.createdAt} />
        {post.category !== null && (
          <>
            {" · "}
            <bdi>{post.category}</bdi>
          </>
        )}
      </p>
      {post.html !== null && <Html html={post.html} className="prose" />}
      {post.url !== null && (
        <p className="elsewhere">
          <a href={post.url} rel="nofollow ugc noopener">
            {post.url.replace(/^https?:\/\//, "")}
          </a>
        </p>
      )}
    </>
  );
}
