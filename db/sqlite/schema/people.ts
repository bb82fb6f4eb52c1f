/** People who sign in: names to compare by, sessions, and what a token may do. */
export const people = `
  ALTER TABLE users ADD COLUMN name_key TEXT NOT NULL DEFAULT ''; -- name folded for comparison
  ALTER TABLE users ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
  UPDATE users SET name_key = lower(name);
  CREATE INDEX users_name ON users (name_key);
  CREATE INDEX users_time ON users (created_at, id);

  ALTER TABLE tokens ADD COLUMN name TEXT NOT NULL DEFAULT '';
  ALTER TABLE tokens ADD COLUMN scope TEXT NOT NULL DEFAULT 'full' CHECK (scope IN ('read', 'full'));
  CREATE INDEX tokens_user ON tokens (user_id, created_at, id) WHERE user_id IS NOT NULL;

  CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash TEXT NOT NULL UNIQUE,
    user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    user_agent TEXT NOT NULL,
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL, -- to some minutes
    expires_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX sessions_user ON sessions (user_id, created_at, id);
  CREATE INDEX sessions_age ON sessions (expires_at);

  ALTER TABLE site ADD COLUMN setup TEXT; -- hash of the token of the one-time link, until it is used
  `;
