import type { CommentText } from "@/db/port/base";
import type { Facts, Reason } from "@/db/port/moderation";

/** What a comment would say, who says it, and from where: all that a rule may look at. */
export interface Candidate {
  text: CommentText;
  author: string;
  website: string | null;
  email: string | null;
  /** The whole address that it comes from; never kept. */
  remote: string | null;
  /** What stands in the field that people don't see. */
  trap: string | null;
  /** How long ago its form was made, in milliseconds; null where nothing says so. */
  age: number | null | "forged";
  facts: Facts;
  at: string;
}

/** What a rule says of a candidate: that it waits, is spam, or is refused, and why. */
export interface Finding extends Reason {
  verdict: "hold" | "spam" | "block";
}

/** A rule: looks at one thing, and says nothing where it finds nothing. */
export type Phase = (candidate: Candidate) => Finding | Finding[] | null;

/** How many links a comment has. */
export function countLinks(html: string): number {
  return html.split("<a ").length - 1;
}

/** How many images it has, shown or, where images are links, written as such. */
export function countImages({ html, comment }: CommentText): number {
  const shown = html.split("<img ").length - 1;
  return Math.max(shown, comment.match(/!\[[^[\]]*\][[(]/g)?.length ?? 0);
}
