const INDEXED_NOW = "NOT EXISTS (SELECT 1 FROM search_paused)";
const HELD = (row: "old" | "new") => `${row}.status IN ('pending', 'spam')`;

/**
 * The words of what waits or is spam, for moderators, in an index of its own in place of one of all comments: what is
 * approved stands in `search` already. Triggers keep it, and search_paused pauses it as well.
 */
export const held = `
  DROP TABLE comments_fts;

  CREATE VIEW held_comments (id, text) AS SELECT id, comment FROM comments WHERE status IN ('pending', 'spam');

  CREATE VIRTUAL TABLE held_words USING fts5 (
    text, content = 'held_comments', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
  );
  INSERT INTO held_words (held_words, rank) VALUES ('secure-delete', 1);
  INSERT INTO held_words (held_words) VALUES ('rebuild');

  CREATE TRIGGER held_added AFTER INSERT ON comments WHEN ${HELD("new")} AND ${INDEXED_NOW} BEGIN
    INSERT INTO held_words (rowid, text) VALUES (new.id, new.comment);
  END;
  CREATE TRIGGER held_removed AFTER DELETE ON comments WHEN ${HELD("old")} AND ${INDEXED_NOW} BEGIN
    INSERT INTO held_words (held_words, rowid, text) VALUES ('delete', old.id, old.comment);
  END;
  CREATE TRIGGER held_changed AFTER UPDATE OF status, comment ON comments
  WHEN (old.status, old.comment) IS NOT (new.status, new.comment) AND ${INDEXED_NOW} BEGIN
    INSERT INTO held_words (held_words, rowid, text) SELECT 'delete', old.id, old.comment WHERE ${HELD("old")};
    INSERT INTO held_words (rowid, text) SELECT new.id, new.comment WHERE ${HELD("new")};
  END;
  `;
