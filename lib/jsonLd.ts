import type { Post } from "@/db/port/posts";
import { toPlainText } from "@/lib/plainText";
import type { PublicComment } from "@/lib/schemas/comments";

/** Whose words a search engine shows beside a comment or a post. */
const person = (name: string, url: string | null = null) => ({
  "@type": "Person",
  name,
  ...(url !== null && { url }),
});

const counter = (type: "CommentAction" | "LikeAction" | "DislikeAction", count: number) => ({
  "@type": "InteractionCounter",
  interactionType: `https://schema.org/${type}`,
  userInteractionCount: count,
});

/**
 * What search engines read of a post and of the comments shown with it (schema.org, as JSON-LD): the text of a script
 * element, which no text in it can end. `address`: of the post's page. A post that stands for a page elsewhere is only
 * what was said about that.
 */
export function toJsonLd(post: Post, comments: PublicComment[], address: string): string {
  const shown = comments.filter(({ status }) => status === "approved");
  const data = {
    "@context": "https://schema.org",
    "@type": post.html === null ? "DiscussionForumPosting" : "BlogPosting",
    "@id": address,
    url: post.url ?? address,
    headline: post.title,
    ...(post.author !== null && { author: person(post.author) }),
    ...(post.html !== null && { articleBody: toPlainText(post.html) }),
    datePublished: post.createdAt,
    dateModified: post.updatedAt,
    commentCount: post.comments,
    interactionStatistic: counter("CommentAction", post.comments),
    comment: shown.map((comment) => toComment(comment, address)),
  };
  // As in https://html.spec.whatwg.org/#restrictions-for-contents-of-script-elements
  return JSON.stringify(data).replace(/[<>&\u2028\u2029]/g, toEscape);
}

function toComment(comment: PublicComment, address: string) {
  const { id, parent, author, website, html, createdAt, editedAt, votes } = comment;
  return {
    "@type": "Comment",
    "@id": `${address}#comment-${id}`,
    ...(parent !== null && { parentItem: { "@id": `${address}#comment-${parent}` } }),
    author: person(author, website),
    text: toPlainText(html),
    datePublished: createdAt,
    ...(editedAt !== null && { dateModified: editedAt }),
    ...(votes.up + votes.down > 0 && {
      interactionStatistic: [counter("LikeAction", votes.up), counter("DislikeAction", votes.down)],
    }),
  };
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
