import type { Post } from "@/db/port/posts";

/** What the statements return that select `POST_COLUMNS`. */
export interface PostRow {
  id: number;
  slug: string;
  url: string | null;
  title: string;
  content: string | null;
  html: string | null;
  author: string | null;
  user_id: number | null;
  category: string | null;
  comments_open: number;
  comments: number;
  listed: number;
  version: number;
  created_at: string;
  updated_at: string;
}

/** Of `posts p`. */
export const POST_COLUMNS =
  "p.id, p.slug, p.url, p.title, p.content, p.html, p.author, p.user_id, p.category, p.comments_open, p.comments, p.listed, p.version, p.created_at, p.updated_at";

export function toPost(row: PostRow): Post {
  const { id, slug, url, title, content, html, author, category, comments, version } = row;
  return {
    id,
    slug,
    url,
    title,
    content,
    html,
    author,
    user: row.user_id,
    category,
    commentsOpen: row.comments_open === 1,
    comments,
    listed: row.listed === 1,
    version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** What the audit log remembers of a post: what people set. */
export function toMembers(post: Post) {
  const { title, slug, url, content, author, category, commentsOpen } = post;
  return { title, slug, url, content, author, category, commentsOpen };
}
