/** A comment as feed readers see it. All addresses stand alone. */
export interface Entry {
  /** The same for ever, whatever is renamed or moved. */
  id: string;
  title: string;
  author: { name: string; website: string | null; avatar: string | null };
  published: string;
  updated: string;
  url: string;
  /** As it was stored: sanitised. */
  html: string;
  comment: number;
  post: number;
  parent: number | null;
  /** The comment that it answers, or the post. */
  inReplyTo: { id: string; url: string };
  /** The direct ones, and where they are. */
  replies: { count: number; url: string };
}

/** A part of a feed, newest first. */
export interface Feed {
  id: string;
  title: string;
  updated: string;
  /** The page that it is about. */
  page: string;
  /** The address of this part in each format; without a cursor, of the first. */
  addresses: Addresses;
  first: Addresses;
  /** Of the part that follows; null at the end. */
  next: Addresses | null;
  entries: Entry[];
}

export type Format = "atom" | "json";
export type Addresses = Record<Format, string>;
