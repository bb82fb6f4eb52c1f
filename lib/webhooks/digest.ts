import { toPlainText } from "@/lib/plainText";
import type { Message } from "@/lib/schemas/messages";

/** An event in a few words, for people in a chat. Plain text, one line each; nothing in it is escaped yet. */
export interface Digest {
  title: string;
  /** What was said, cut short. */
  excerpt: string | null;
  /** An absolute address, in ASCII. */
  link: string | null;
}

const TITLES: Record<Message["type"], (author: string, post: string) => string> = {
  "comment.created": (author, post) => `New comment by ${author} on ${post}`,
  "comment.approved": (author, post) => `A comment by ${author} on ${post} was approved`,
  "comment.updated": (author, post) => `A comment by ${author} on ${post} was changed`,
  "comment.deleted": (_author, post) => `A comment on ${post} was taken away`,
  "comment.held": (author, post) => `A comment by ${author} on ${post} waits for a moderator`,
  "comment.reported": (author, post) => `A comment by ${author} on ${post} was reported`,
  "post.created": (_author, post) => `New post: ${post}`,
  "post.updated": (_author, post) => `Changed post: ${post}`,
  "post.deleted": (_author, post) => `Deleted post: ${post}`,
  "post.restored": (_author, post) => `Restored post: ${post}`,
  "webhook.test": () => "A test: Antiphon’s messages arrive here",
};

export function toDigest({ type, data: { comment, post } }: Message): Digest {
  const title = TITLES[type](clip(comment?.author ?? "", 80), `“${clip(post?.title ?? "", 100)}”`);
  const excerpt = comment?.html ? clip(toPlainText(comment.html), 300) : null;
  return { title, excerpt, link: toLink(comment?.url ?? post?.url ?? null) };
}

/** One line of at most `most` characters, without what turns the direction of text around it. */
function clip(text: string, most: number): string {
  const line = text.replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]+/gu, " ").trim();
  const characters = [...line];
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join("")}…`;
}

function toLink(url: string | null): string | null {
  return url !== null && /^https?:/.test(url) && URL.canParse(url) ? new URL(url).href : null;
}
