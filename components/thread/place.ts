import type { PublicComment } from "@/lib/schemas/comments";
import type { Translator } from "@/lib/translator";

/** What is shown of a comment. */
export type ThreadComment = Omit<PublicComment, "comment" | "user" | "depth">;

export const SORTS = ["oldest", "newest", "top"] as const;
type Sort = (typeof SORTS)[number];

/** What the parts of a thread have to know of where they stand, and of who looks. */
export interface Place {
  t: Translator;
  direction: "ltr" | "rtl";
  /** The origin of the server; "" on its own pages. */
  server: string;
  /** The post's id; null while the page has none. */
  post: number | null;
  /** The address of the thread's own page, with what each link in it keeps. */
  page: string;
  /** Whether the page itself shows the post, so that a comment's link leads to it and not to `url`. */
  own: boolean;
  /** Whether comments are taken. */
  open: boolean;
  sort: Sort;
  /** Until when who looks may change a comment; null where that is not so, or over. */
  mine: (id: number) => string | null;
  /** How who looks has voted, as far as that is known. */
  voted: (id: number) => number;
  /** The replies to a comment that are not here: how many, and the address that leads to them. */
  more: (id: number) => { count: number; href: string } | null;
}

/** The thread's page with these parameters in place of its own of the same name, and an anchor. */
export function linkTo(
  { page }: Pick<Place, "page">,
  more: Record<string, string | number>,
  anchor = "",
): string {
  const [path = "", query] = page.split("?", 2);
  const parameters = new URLSearchParams(query);
  for (const [name, value] of Object.entries(more)) parameters.set(name, String(value));
  const text = String(parameters);
  return path + (text && `?${text}`) + (anchor && `#${anchor}`);
}

/** The address of the comment in the API. */
export function apiOf({ server, post }: Place, id: number, what = ""): string {
  return `${server}/api/comments/${post}/${id}${what}`;
}

/** A comment's own link. */
export function permalinkOf(place: Place, { id, url }: Pick<ThreadComment, "id" | "url">): string {
  return place.own ? linkTo(place, { at: id }, `comment-${id}`) : url;
}
