import type { RestoredRow } from "@/db/port/exports";

/**
 * A name that is taken by now: an export reads one row after the other, and a name can have gone from one to the next
 * meanwhile.
 */
const free = (table: string, column: string, name: string) =>
  `iif(EXISTS (SELECT 1 FROM ${table} WHERE ${column} = :${name}), NULL, :${name})`;

const NOW = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

/** How a row of each kind is put in; counts, indexes and what else follows from others are made at the end. */
export const ADD: Record<RestoredRow["kind"], string[]> = {
  user: [
    `INSERT INTO users (id, name, name_key, email, profession, website, role, notify, version, created_at, import_key)
     VALUES (:id, :name, :nameKey, ${free("users", "email", "email")}, :profession, :website, :role, :notify, ${NOW}, :createdAt,
       ${free("users", "import_key", "importKey")})`,
  ],
  post: [
    `INSERT INTO posts (id, slug, page, url, title, content, html, author, author_key, user_id, category, comments_open, own,
       closing, version, created_at, updated_at, import_key)
     VALUES (:id, iif(EXISTS (SELECT 1 FROM posts WHERE slug = :slug), concat(:slug, '-', CAST(:id AS INTEGER)), :slug),
       ${free("posts", "page", "page")}, :url, :title, :content, :html, :author, :authorKey, :user, :category, :commentsOpen,
       :own, :closing, ${NOW}, :createdAt, :updatedAt, ${free("posts", "import_key", "importKey")})`,
  ],
  alias: [
    "INSERT OR IGNORE INTO aliases (page, post, url, created_at) VALUES (:page, :post, :url, :createdAt)",
  ],
  formerSlug: ["INSERT OR IGNORE INTO former_slugs (slug, post) VALUES (:slug, :post)"],
  formerId: ["INSERT INTO former_ids (id, post) VALUES (:id, :post)"],
  comment: [
    `INSERT INTO comments (id, post, parent, depth, author, author_key, avatar, email, website, user_id, role, comment, html,
       text_hash, status, held, pinned, vetted, visible, version, created_at, edited_at, deleted_by, import_key)
     VALUES (:id, :post, :parent, coalesce((SELECT depth + 1 FROM comments WHERE id = :parent), 0), :author, :authorKey,
       :avatar, :email, :website, :user, :role, :comment, :html, :textHash, :status, :held, :pinned, :vetted,
       :status = 'approved', ${NOW}, :createdAt, :editedAt, :deletedBy, ${free("comments", "import_key", "importKey")})`,
    `INSERT INTO trash (comment_id, was, deleted_at)
     SELECT :id, json_object('author', t ->> 'author', 'author_key', t ->> 'authorKey', 'avatar', t ->> 'avatar',
       'email', t ->> 'email', 'website', t ->> 'website', 'user_id', t ->> 'user', 'role', t ->> 'role',
       'comment', t ->> 'comment', 'html', t ->> 'html', 'text_hash', t ->> 'textHash', 'network', NULL, 'address', NULL,
       'edited_at', t ->> 'editedAt', 'pinned', t ->> 'pinned', 'vetted', t ->> 'vetted', 'status', t ->> 'status',
       'held', t ->> 'held'), t ->> 'deletedAt'
     FROM (SELECT :trash AS t) WHERE t IS NOT NULL`,
  ],
  edit: [
    `INSERT INTO edits (id, comment_id, comment, author, website, by, edited_at)
     VALUES (:id, :commentId, :comment, :author, :website, :by, :editedAt)`,
  ],
  vote: ["INSERT INTO votes (comment_id, voter, value, voted_at) VALUES (:comment, :by, :value, :votedAt)"],
  report: [
    `INSERT INTO reports (comment_id, reporter, reason, note, reported_at, settled)
     VALUES (:comment, :by, :reason, :note, :reportedAt, :settled)`,
  ],
  rule: [
    `INSERT INTO rules (id, kind, action, max, words, pattern, note, created_at, expires_at, deleted_at)
     VALUES (:id, :rule, :action, :max, :words, :pattern, :note, :createdAt, :expiresAt, :deletedAt)`,
  ],
  // Of two of one name the first was deleted before the second was made.
  file: [
    `INSERT OR REPLACE INTO files (id, path, filename, sha256, user_id, created_at)
     VALUES (:id, :path, :filename, :sha256, :user, :createdAt)`,
  ],
  blob: ["INSERT INTO blobs (sha256, place, type, size) VALUES (:sha256, :place, :mediaType, :size)"],
  audit: [
    `INSERT INTO audit (id, at, user_id, name, role, action, type, subject, before, after, note, undoes)
     VALUES (:id, :at, :user, :name, :role, :action, :subjectType, :subject, :before, :after, :note, :undoes)`,
  ],
  webhook: [
    `INSERT INTO webhooks (id, url, format, events, salt, active, disabled, failing_since, created_at)
     VALUES (:id, :url, :format, :events, :salt, :active, :disabled, :failingSince, :createdAt)`,
  ],
};
