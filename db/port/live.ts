/** An event's place among all, and when it happened. After a restore from a backup an id may come again, at another time. */
export interface Position {
  id: number;
  at: string;
}

/**
 * What readers of a thread are told. `thread.changed`: so much of it changed at once, or it is gone, that it has to be
 * read anew. The others name a comment, as it stood then: look up how it stands now.
 */
export type LiveEvent = Position & { post: number } & (
    | {
        type: "comment.created" | "comment.approved" | "comment.updated" | "comment.deleted";
        comment: number;
      }
    | { type: "thread.changed"; comment: null }
  );

/** Events for readers who watch threads. Which are written at all, the store decides by `watch`. */
export interface Live {
  /**
   * Has events written until `until` at least, from now on or as before, and returns the last one. Call it again while
   * somebody watches: until then it costs a read, as long as half of the time is left.
   */
  watch(now: string, until: string): Promise<Position>;
  /** Where `id` is an event and none has been left out since: its position. Else null. */
  find(id: number): Promise<Position | null>;
  /** The events behind `after`, oldest first, `limit` at most; `last`: the last one that was looked at. */
  since(after: number, limit: number): Promise<{ events: LiveEvent[]; last: Position | null }>;
  /** The same of one post, up to and with `last`. */
  missed(post: number, after: number, last: number, limit: number): Promise<LiveEvent[]>;
  /** What the public sees of those comments of a post that are approved, by their ids. */
  shown(post: number, ids: number[], base: string): Promise<Map<number, string>>;
}
