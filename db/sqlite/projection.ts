import type { View } from "@/db/store";

const place = "'id', c.id, 'post', c.post, 'parent', c.parent, 'depth', c.depth";
const rest = `
  'pinned', json(iif(c.pinned, 'true', 'false')), 'votes', json_object('up', c.up, 'down', c.down),
  'replies', c.replies, 'createdAt', c.created_at, 'editedAt', c.edited_at,
  'url', coalesce(p.url, :base || '/posts/' || p.slug) || '#comment-' || c.id`;
const whole = `${place},
  'author', c.author, 'website', c.website, 'avatar', '/api/avatars/' || c.avatar || '.svg', 'user', c.user_id, 'role', c.role,
  'comment', c.comment, 'html', c.html, 'status', c.status, ${rest}`;
const tombstone = `${place},
  'author', '', 'website', NULL, 'avatar', NULL, 'user', NULL, 'role', NULL,
  'comment', '', 'html', '', 'status', 'deleted', ${rest}`;

/**
 * The JSON of a comment for each view, built by SQLite from `comments c` and `posts p`; binds `:base`.
 * An allow-list: what is not named here never leaves.
 */
export const JSON_OF: Record<View, string> = {
  public: `iif(c.status = 'approved', json_object(${whole}), json_object(${tombstone}))`,
  own: `json_object(${whole})`,
  moderator: `json_object(${whole}, 'email', c.email, 'address', c.address, 'held', c.held)`,
};
