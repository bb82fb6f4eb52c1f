/** What happens in an element, as it tells it: events that bubble, also out of other elements' shadows. */
export interface AntiphonEvents {
  /** The thread is there. */
  "antiphon:ready": CustomEvent<{ total: number }>;
  /** What is shown of it has changed. */
  "antiphon:change": CustomEvent<{ total: number }>;
  /** The reader's comment was taken. */
  "antiphon:comment": CustomEvent<AntiphonComment>;
  /** The reader has changed a comment. */
  "antiphon:edit": CustomEvent<AntiphonComment>;
  /** The reader has deleted a comment. */
  "antiphon:delete": CustomEvent<Pick<AntiphonComment, "id" | "post">>;
  /** Something was refused, or the server can't be reached. The reader has been told. */
  "antiphon:error": CustomEvent<AntiphonFailure>;
}

export interface AntiphonComment {
  id: number;
  /** The id of its post. */
  post: number;
  /** `approved`: everybody sees it. Else it waits for a moderator. */
  status: "approved" | "pending" | "spam" | "deleted";
}

export interface AntiphonFailure {
  /** Of the server's documented problems; `unknown` where it can't be reached. */
  code: string;
  /** What the reader was told, in the reader's language. */
  message: string;
}

/** `<antiphon-comments>`: the thread of a page. */
export interface AntiphonCommentsElement extends HTMLElement {
  /** How many comments the thread has; null until that is known. */
  readonly total: number | null;
  /** Reads the thread anew. */
  reload(): Promise<void>;
}

/** `<antiphon-count>`: how many comments a thread has. */
export interface AntiphonCountElement extends HTMLElement {}

declare global {
  interface HTMLElementTagNameMap {
    "antiphon-comments": AntiphonCommentsElement;
    "antiphon-count": AntiphonCountElement;
  }
  interface GlobalEventHandlersEventMap extends AntiphonEvents {}
}
