/**
 * A part of a message. No text has a link in it, whoever wrote it: what looks like one is broken up. Links are paths on
 * this server, so that a message leads nowhere else.
 */
export type Block =
  | { text: string }
  /** What somebody said, as plain text. */
  | { quote: string }
  /** `path`: begins with a slash. */
  | { links: { label: string; path: string }[] };

/** What a message says, before it is plain text and HTML. Nothing in it is escaped yet. */
export interface Letter {
  /** One line; what is no text in it is taken out, and it is cut short. */
  subject: string;
  blocks: Block[];
  /** The token of a mailed link that ends such messages: shown at the end, and offered to mail programs (RFC 8058). */
  unsubscribe?: string;
  /** Called once the mail server has taken it, and before that is kept: so it may be sent again after it. */
  onSent?(): Promise<void>;
}
