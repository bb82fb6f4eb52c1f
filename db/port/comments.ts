/** What `author` and Markdown look like once they passed the one sanitiser. */
export interface CommentText {
  comment: string;
  html: string;
  /** Keyed hash of the text, to find repetitions. */
  textHash: string;
}

export interface CommentAuthor {
  author: string;
  /** `author` folded for comparison. */
  authorKey: string;
  /** Seed of the drawn picture. */
  avatar: string;
  website: string | null;
}
