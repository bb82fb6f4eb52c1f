import type { Statement } from "better-sqlite3";
import type { Part, Users } from "@/db/port/users";
import type { Connection } from "@/db/sqlite/connection";

interface Row {
  key: number;
  json: string;
}

const EDITS = `(SELECT json_group_array(json_object('comment', comment, 'author', author, 'website', website, 'by', by,
  'editedAt', edited_at) ORDER BY id) FROM edits WHERE comment_id = c.id)`;

/** What a comment `c` holds of its author. */
export const WRITTEN = `c.id AS key, json_object('id', c.id, 'post', c.post, 'parent', c.parent, 'author', c.author,
  'website', c.website, 'email', c.email, 'role', c.role, 'comment', c.comment,
  'status', iif(c.status = 'spam', 'pending', c.status), 'pinned', json(iif(c.pinned, 'true', 'false')),
  'address', c.address, 'createdAt', c.created_at, 'editedAt', c.edited_at, 'edits', json(${EDITS})) AS json`;

/** What the row `t` of the bin holds of the author of comment `c`. */
export const BINNED = `c.id AS key, json_object('id', c.id, 'post', c.post, 'parent', c.parent,
  'author', t.was ->> 'author', 'website', t.was ->> 'website', 'email', t.was ->> 'email', 'role', t.was ->> 'role',
  'comment', t.was ->> 'comment', 'address', t.was ->> 'address', 'createdAt', c.created_at,
  'deletedAt', t.deleted_at, 'edits', json(${EDITS})) AS json`;

/** What is left of a message. */
export const MAILED = `id AS key, json_object('id', id, 'kind', kind, 'state', state, 'queuedAt', created_at) AS json`;

/** What somebody wants to hear of, of `subscriptions s`. */
export const WISHED = `s.id AS key, json_object('id', s.id, 'post', s.post, 'comment', s.comment_id, 'notify', s.scope, 'pace', s.pace,
  'createdAt', s.created_at, 'confirmedAt', s.confirmed_at) AS json`;

/** What is held about a person; binds :id, :voter, :after, :limit. An allow-list: no hash of a secret is in it. */
export const PERSONAL: Record<Part, string> = {
  comments: `
    SELECT ${WRITTEN}
    FROM comments c WHERE c.user_id = :id AND c.id > :after ORDER BY c.id LIMIT :limit + 0`,
  deletedComments: `
    SELECT ${BINNED}
    FROM trash t JOIN comments c ON c.id = t.comment_id
    WHERE t.was ->> 'user_id' = :id AND t.comment_id > :after ORDER BY t.comment_id LIMIT :limit + 0`,
  votes: `
    SELECT comment_id AS key, json_object('comment', comment_id, 'value', value, 'votedAt', voted_at) AS json
    FROM votes WHERE voter = :voter AND voter GLOB 'user:*' AND comment_id > :after ORDER BY comment_id LIMIT :limit + 0`,
  reports: `
    SELECT comment_id AS key, json_object('comment', comment_id, 'reason', reason, 'note', note, 'reportedAt', reported_at) AS json
    FROM reports WHERE reporter = :voter AND reporter GLOB 'user:*' AND comment_id > :after ORDER BY comment_id LIMIT :limit + 0`,
  posts: `
    SELECT id AS key, json_object('id', id, 'slug', slug, 'url', url, 'title', title, 'content', content, 'author', author,
      'category', category, 'createdAt', created_at, 'updatedAt', updated_at) AS json
    FROM posts WHERE user_id = :id AND id > :after ORDER BY id LIMIT :limit + 0`,
  files: `
    SELECT f.id AS key, json_object('id', f.id, 'path', f.path, 'filename', f.filename, 'type', b.type, 'size', b.size,
      'sha256', f.sha256, 'createdAt', f.created_at) AS json
    FROM files f JOIN blobs b ON b.sha256 = f.sha256 WHERE f.user_id = :id AND f.id > :after ORDER BY f.id LIMIT :limit + 0`,
  sessions: `
    SELECT id AS key, json_object('id', id, 'userAgent', user_agent, 'createdAt', created_at, 'seenAt', seen_at,
      'expiresAt', expires_at) AS json
    FROM sessions WHERE user_id = :id AND id > :after ORDER BY id LIMIT :limit + 0`,
  tokens: `
    SELECT id AS key, json_object('id', id, 'name', name, 'scope', scope, 'role', role, 'createdAt', created_at,
      'expiresAt', expires_at) AS json
    FROM tokens WHERE user_id = :id AND id > :after ORDER BY id LIMIT :limit + 0`,
  subscriptions: `
    SELECT ${WISHED} FROM readers r JOIN subscriptions s ON s.reader = r.id
    WHERE r.user_id = :id AND s.id > :after ORDER BY s.id LIMIT :limit + 0`,
  mails: `
    SELECT ${MAILED} FROM mails WHERE user_id = :id AND id > :after ORDER BY id LIMIT :limit + 0`,
  audit: `
    SELECT id AS key, json_object('id', id, 'at', at, 'action', action, 'type', type, 'subject', subject, 'note', note) AS json
    FROM audit WHERE user_id = :id AND id > :after ORDER BY id LIMIT :limit + 0`,
};

/** Reads all that is held about a person, a part at a time. */
export class Personal {
  readonly #connection: Connection;
  readonly #parts = new Map<string, Statement<object, Row>>();

  constructor(connection: Connection) {
    this.#connection = connection;
    for (const [part, sql] of Object.entries(PERSONAL)) this.#parts.set(part, connection.db.prepare(sql));
  }

  read: Users["personal"] = (id, part, after, limit) =>
    this.#connection.readOne(() => {
      const bound = { id, voter: `user:${id}`, after, limit: limit + 1 };
      const rows = this.#parts.get(part)?.all(bound) ?? [];
      return { rows: rows.slice(0, limit), more: rows.length > limit };
    });
}
