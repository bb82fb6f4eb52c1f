import type { View } from "@/db/store";

/** SQL that makes the text of a JSON object; each member is the name and the SQL of its JSON. Faster than json_object. */
function object(members: Record<string, string>): string {
  const parts = Object.entries(members).map(([name, sql], index) => `'${index ? "," : "{"}"${name}":', ${sql}`);
  return `concat(${parts.join(", ")}, '}')`;
}

const place = {
  id: "c.id",
  post: "c.post",
  parent: "coalesce(c.parent, 'null')",
  depth: "c.depth",
};

const rest = {
  pinned: "iif(c.pinned, 'true', 'false')",
  votes: object({ up: "c.up", down: "c.down" }),
  replies: "c.replies",
  createdAt: `'"' || c.created_at || '"'`,
  editedAt: "json_quote(c.edited_at)",
  url: "json_quote(coalesce(p.url, :base || '/posts/' || p.slug) || '#comment-' || c.id)",
};

const whole = {
  ...place,
  author: "json_quote(c.author)",
  website: "json_quote(c.website)",
  avatar: `'"/api/avatars/' || c.avatar || '.svg"'`,
  user: "coalesce(c.user_id, 'null')",
  role: "json_quote(c.role)",
  comment: "json_quote(c.comment)",
  html: "json_quote(c.html)",
  status: `'"' || c.status || '"'`,
  ...rest,
};

const nothing = { author: `'""'`, website: "'null'", avatar: "'null'", user: "'null'", role: "'null'" };
const tombstone = { ...place, ...nothing, comment: `'""'`, html: `'""'`, status: `'"deleted"'`, ...rest };

const held = { email: "json_quote(c.email)", address: "json_quote(c.address)", held: "json_quote(c.held)" };

/**
 * The JSON of a comment for each view, built by SQLite from `comments c` and `posts p`; binds `:base`.
 * An allow-list: what is not named here never leaves.
 */
export const JSON_OF: Record<View, string> = {
  public: `iif(c.status = 'approved', ${object(whole)}, ${object(tombstone)})`,
  own: object(whole),
  moderator: object({ ...whole, ...held }),
};
