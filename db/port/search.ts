export interface SearchQuery {
  /** As `readTerms` of db/words.ts reads it. */
  q: string;
  type?: "post" | "comment";
  limit: number;
  base: string;
}

/** A listed post or an approved comment. */
export interface Hit {
  type: "post" | "comment";
  id: number;
  /** The post, or the comment's post. */
  post: number;
  /** The post's. */
  title: string;
  /** The beginning of its text, `SHOWN` characters at most; empty where a post has none. */
  html: string;
  /** Its place: the post's page, or the comment on it. */
  url: string;
}

export interface Found {
  /** How many match; exact below `RANKED`, and there it means so many or more. */
  total: number;
  /** The best of them, the best first. */
  hits: Hit[];
}

/** The most that are weighed against each other: all posts that match first, then the newest comments. */
export const RANKED = 1000;

/** As much of a text as a snippet is looked for in, in characters of HTML. */
export const SHOWN = 10_000;
