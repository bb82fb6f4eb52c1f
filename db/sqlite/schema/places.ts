/**
 * Where posts are found beside their own names, posts on their way out, and what is needed to bring one back.
 * `gone`: the post is deleted, and some of its comments still have to be moved out of the way.
 * `closing`: whether age closes its comments: not yet, it has, or never since somebody opened it again.
 */
export const places = `
  ALTER TABLE posts ADD COLUMN gone INTEGER; -- the audit entry of its deletion
  ALTER TABLE posts ADD COLUMN closing TEXT NOT NULL DEFAULT 'open' CHECK (closing IN ('open', 'closed', 'never'));
  CREATE INDEX posts_gone ON posts (gone) WHERE gone IS NOT NULL;
  CREATE INDEX posts_age_open ON posts (created_at) WHERE closing = 'open' AND comments_open = 1;
  CREATE INDEX posts_age_closed ON posts (created_at) WHERE closing = 'closed';

  CREATE TABLE aliases ( -- pages that lead to a post beside its own
    page TEXT PRIMARY KEY,
    post INTEGER NOT NULL REFERENCES posts ON DELETE CASCADE,
    url TEXT NOT NULL,
    created_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX aliases_post ON aliases (post, page);

  CREATE TABLE former_slugs (
    slug TEXT PRIMARY KEY,
    post INTEGER NOT NULL REFERENCES posts ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX former_slugs_post ON former_slugs (post);

  CREATE TABLE former_ids (
    id INTEGER PRIMARY KEY, -- of a post that was merged into another
    post INTEGER NOT NULL REFERENCES posts ON DELETE CASCADE
  ) STRICT;
  CREATE INDEX former_ids_post ON former_ids (post);

  CREATE TABLE deletions (
    audit_id INTEGER PRIMARY KEY REFERENCES audit,
    post INTEGER NOT NULL,
    deleted_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX deletions_age ON deletions (deleted_at);

  CREATE TABLE trashed_rows ( -- rows of other tables as JSON
    n INTEGER PRIMARY KEY,
    audit_id INTEGER NOT NULL REFERENCES deletions ON DELETE CASCADE,
    kind TEXT NOT NULL, -- the table
    row TEXT NOT NULL,
    user_id INTEGER, -- whose it is; no reference: a deletion can be undone without them
    network_at TEXT -- since when it tells a network; null: it tells none
  ) STRICT;
  CREATE INDEX trashed_rows_deletion ON trashed_rows (audit_id, kind);
  CREATE INDEX trashed_rows_user ON trashed_rows (user_id) WHERE user_id IS NOT NULL;
  CREATE INDEX trashed_rows_network ON trashed_rows (network_at) WHERE network_at IS NOT NULL;

  CREATE TABLE answers ( -- to POSTs with an Idempotency-Key, but for comments
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX answers_age ON answers (created_at);
  `;
