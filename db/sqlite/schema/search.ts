/** Posts stand in the index behind all comments: their ids are this much higher there. */
export const POSTS_FROM = 2 ** 40;

const INDEXED_NOW = "NOT EXISTS (SELECT 1 FROM search_paused)";

/**
 * The index of what the public can find: listed posts and approved comments in one, so that one ranking holds for both.
 * Triggers keep it, so that no writer can forget to. What is taken out leaves nothing of its words behind.
 * search_paused holds a row only within a transaction that brings the index up to date by itself.
 */
export const search = `
  CREATE VIEW searchable (id, title, text) AS
    SELECT id, '', comment FROM comments WHERE status = 'approved'
    UNION ALL SELECT id + ${POSTS_FROM}, title, coalesce(content, '') FROM posts WHERE listed = 1;

  CREATE VIRTUAL TABLE search USING fts5 (
    title, text, content = 'searchable', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
  );
  INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
  INSERT INTO search (search) VALUES ('rebuild');

  CREATE TABLE search_paused (id INTEGER PRIMARY KEY) STRICT;

  CREATE TRIGGER search_comment_added AFTER INSERT ON comments WHEN new.status = 'approved' AND ${INDEXED_NOW} BEGIN
    INSERT INTO search (rowid, title, text) VALUES (new.id, '', new.comment);
  END;
  CREATE TRIGGER search_comment_removed AFTER DELETE ON comments WHEN old.status = 'approved' AND ${INDEXED_NOW} BEGIN
    INSERT INTO search (search, rowid, title, text) VALUES ('delete', old.id, '', old.comment);
  END;
  CREATE TRIGGER search_comment_changed AFTER UPDATE OF status, comment ON comments
  WHEN (old.status, old.comment) IS NOT (new.status, new.comment) AND ${INDEXED_NOW} BEGIN
    INSERT INTO search (search, rowid, title, text) SELECT 'delete', old.id, '', old.comment WHERE old.status = 'approved';
    INSERT INTO search (rowid, title, text) SELECT new.id, '', new.comment WHERE new.status = 'approved';
  END;

  CREATE TRIGGER search_post_added AFTER INSERT ON posts WHEN new.listed = 1 AND ${INDEXED_NOW} BEGIN
    INSERT INTO search (rowid, title, text) VALUES (new.id + ${POSTS_FROM}, new.title, coalesce(new.content, ''));
  END;
  CREATE TRIGGER search_post_removed AFTER DELETE ON posts WHEN old.listed = 1 AND ${INDEXED_NOW} BEGIN
    INSERT INTO search (search, rowid, title, text)
    VALUES ('delete', old.id + ${POSTS_FROM}, old.title, coalesce(old.content, ''));
  END;
  CREATE TRIGGER search_post_changed AFTER UPDATE OF title, content, own, comments ON posts
  WHEN (old.listed, old.title, old.content) IS NOT (new.listed, new.title, new.content) AND ${INDEXED_NOW} BEGIN
    INSERT INTO search (search, rowid, title, text)
    SELECT 'delete', old.id + ${POSTS_FROM}, old.title, coalesce(old.content, '') WHERE old.listed = 1;
    INSERT INTO search (rowid, title, text)
    SELECT new.id + ${POSTS_FROM}, new.title, coalesce(new.content, '') WHERE new.listed = 1;
  END;
  `;
