import { NEXT_VERSION, nextOf } from "@/db/sqlite/version";

const gone = (column: string, table: string) => `${column} NOT IN (SELECT id FROM ${table})`;

/**
 * Takes out what belongs to nothing: an export reads what refers before what it refers to, and that can have been deleted
 * in between.
 */
export const LEAVE_OUT: readonly string[] = [
  `WITH RECURSIVE lost (id) AS (
     SELECT id FROM comments
     WHERE (${gone("post", "posts")} AND post NOT IN (SELECT id FROM former_ids)) OR ${gone("parent", "comments")}
     UNION SELECT c.id FROM lost l JOIN comments c ON c.parent = l.id
   )
   DELETE FROM comments WHERE id IN (SELECT id FROM lost)`,
  ...["trash", "edits", "votes", "reports"].map(
    (table) => `DELETE FROM ${table} WHERE ${gone("comment_id", "comments")}`,
  ),
  ...["aliases", "former_slugs", "former_ids"].map(
    (table) => `DELETE FROM ${table} WHERE ${gone("post", "posts")}`,
  ),
  "DELETE FROM files WHERE sha256 NOT IN (SELECT sha256 FROM blobs)",
];

/** Makes the rest of what there is true, step by step. */
export const SETTLE: readonly string[] = [
  `UPDATE comments SET post = (SELECT f.post FROM former_ids f WHERE f.id = comments.post) WHERE ${gone("post", "posts")};
   DELETE FROM former_ids WHERE id IN (SELECT id FROM posts);
   DELETE FROM former_slugs WHERE slug IN (SELECT slug FROM posts);
   DELETE FROM aliases WHERE page IN (SELECT page FROM posts WHERE page IS NOT NULL);
   DELETE FROM blobs WHERE sha256 NOT IN (SELECT sha256 FROM files);`,
  `UPDATE comments SET user_id = NULL WHERE user_id IS NOT NULL AND ${gone("user_id", "users")};
   UPDATE posts SET user_id = NULL WHERE user_id IS NOT NULL AND ${gone("user_id", "users")};
   UPDATE files SET user_id = NULL WHERE user_id IS NOT NULL AND ${gone("user_id", "users")};`,
  `UPDATE comments SET up = v.up, down = v.down, score = score(v.up, v.down)
   FROM (SELECT comment_id, sum(value = 1) AS up, sum(value = -1) AS down FROM votes GROUP BY comment_id) v
   WHERE v.comment_id = comments.id;
   UPDATE comments SET reports = r.open
   FROM (SELECT comment_id, count(*) AS open FROM reports WHERE settled IS NULL GROUP BY comment_id) r
   WHERE r.comment_id = comments.id;`,
  // Tombstones: what is not approved is seen where something below it is.
  `WITH RECURSIVE above (id, parent) AS (
     SELECT p.id, p.parent FROM comments c JOIN comments p ON p.id = c.parent
     WHERE c.status = 'approved' AND p.status <> 'approved'
     UNION
     SELECT p.id, p.parent FROM above a JOIN comments p ON p.id = a.parent WHERE p.status <> 'approved'
   )
   UPDATE comments SET visible = 1 WHERE id IN (SELECT id FROM above);
   UPDATE comments SET replies = r.seen
   FROM (SELECT parent, count(*) AS seen FROM comments WHERE parent IS NOT NULL AND visible = 1 GROUP BY parent) r
   WHERE r.parent = comments.id;`,
  `UPDATE posts SET comments = c.approved
   FROM (SELECT post, count(*) AS approved FROM comments WHERE status = 'approved' GROUP BY post) c WHERE c.post = posts.id;
   UPDATE blobs SET files = (SELECT count(*) FROM files f WHERE f.sha256 = blobs.sha256);
   UPDATE site SET
     comments = (SELECT count(*) FROM comments WHERE status = 'approved'),
     posts = (SELECT count(*) FROM posts WHERE listed = 1),
     pending = (SELECT count(*) FROM comments WHERE status = 'pending'),
     reported = (SELECT count(*) FROM comments WHERE status = 'approved' AND reports > 0),
     file_bytes = (SELECT coalesce(sum(size), 0) FROM blobs),
     version = ${NEXT_VERSION}, moderation = ${nextOf("moderation")}, rules = rules + 1;`,
  "INSERT INTO posts_fts (posts_fts) VALUES ('rebuild');",
];
