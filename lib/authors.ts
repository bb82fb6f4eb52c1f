import type { CommentAuthor } from "@/db/port/base";
import { hash } from "@/lib/secrets";

/** Who says nothing about a name. */
export const ANONYMOUS = "Anonymous";

/**
 * A name folded for comparison: case, compatibility forms, what nobody sees and how wide a gap is don't make another
 * person. Letters of other scripts that only look alike do.
 */
export function toAuthorKey(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]/gu, "")
    .replace(/\s+/gu, " ")
    .trim();
}

/** What is kept of an author's name; the picture is drawn from the name alone. */
export function toAuthor(name: string, website: string | null): CommentAuthor {
  const authorKey = toAuthorKey(name);
  return { author: name, authorKey, avatar: hash(authorKey).slice(0, 16), website };
}
