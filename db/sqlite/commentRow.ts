import type { Reason } from "@/db/port/moderation";
import type { Comment } from "@/db/store";

/** A comment as its columns have it. */
export interface CommentRow {
  id: number;
  post: number;
  parent: number | null;
  author: string;
  email: string | null;
  website: string | null;
  user_id: number | null;
  role: string | null;
  comment: string;
  status: Comment["status"];
  held: string | null;
  pinned: number;
  visible: number;
  reports: number;
  vetted: number;
  network: string | null;
  version: number;
  noted: number;
  created_at: string;
  edited_at: string | null;
  deleted_by: Comment["deletedBy"];
}

/** The statement that finds one by its id, unless its post is gone. */
export const FIND = `
  SELECT id, post, parent, author, email, website, user_id, role, comment, status, held, pinned, visible, reports, vetted,
    network, version, noted, created_at, edited_at, deleted_by
  FROM comments WHERE id = ? AND NOT EXISTS (
    SELECT 1 FROM posts p INDEXED BY posts_gone WHERE p.gone IS NOT NULL AND p.id = comments.post)`;

export function toComment(row: CommentRow): Comment {
  const {
    user_id,
    role,
    held,
    pinned,
    visible,
    reports,
    vetted,
    created_at,
    edited_at,
    deleted_by,
    ...rest
  } = row;
  return {
    ...rest,
    user: user_id,
    held: toReasons(held),
    pinned: pinned === 1,
    visible: visible === 1,
    createdAt: created_at,
    deletedBy: deleted_by,
  };
}

export function toReasons(held: string | null): Reason[] {
  return held === null ? [] : JSON.parse(held);
}

/** The column `held`: null where there is no reason. */
export function fromReasons(reasons: Reason[]): string | null {
  return reasons.length === 0 ? null : JSON.stringify(reasons);
}
