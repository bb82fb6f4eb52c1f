/** People who change their name or leave: what remains to be done on what they wrote, and indexes that find it. */
export const users = `
  ALTER TABLE users ADD COLUMN leaving INTEGER NOT NULL DEFAULT 0 CHECK (leaving IN (0, 1)); -- 1: gone for everybody
  ALTER TABLE users ADD COLUMN work TEXT; -- JSON: what remains to be done on what they wrote
  ALTER TABLE users ADD COLUMN done INTEGER NOT NULL DEFAULT 0; -- the last of their comments that it was done on
  CREATE INDEX users_admins ON users (id) WHERE role = 'admin';
  CREATE INDEX users_work ON users (id) WHERE work IS NOT NULL;

  CREATE INDEX trash_user ON trash (was ->> 'user_id') WHERE was ->> 'user_id' IS NOT NULL;
  CREATE INDEX votes_user ON votes (voter, comment_id) WHERE voter GLOB 'user:*';
  CREATE INDEX reports_user ON reports (reporter, comment_id) WHERE reporter GLOB 'user:*';

  CREATE INDEX audit_byline_before ON audit (before ->> 'author') WHERE type = 'post';
  CREATE INDEX audit_byline_after ON audit (after ->> 'author') WHERE type = 'post';

  INSERT INTO posts_fts (posts_fts, rank) VALUES ('secure-delete', 1);
`;
