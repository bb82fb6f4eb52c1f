import type { CommentAuthor } from "@/db/port/comments";
import { hash } from "@/lib/secrets";

/** Who says nothing about a name. */
export const ANONYMOUS = "Anonymous";

/** A name folded for comparison: case and compatibility forms don't make another person. */
export function toAuthorKey(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

/** What is kept of an author's name; the picture is drawn from the name alone. */
export function toAuthor(name: string, website: string | null): CommentAuthor {
  const authorKey = toAuthorKey(name);
  return { author: name, authorKey, avatar: hash(authorKey).slice(0, 16), website };
}
