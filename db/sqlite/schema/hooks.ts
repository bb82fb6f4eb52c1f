/** What others said of their posts: so that the same message is taken once, and an older one not after a newer. */
export const hooks = `
  CREATE TABLE hook_messages (
    id TEXT PRIMARY KEY,
    result TEXT NOT NULL,
    post INTEGER, -- no reference, nor the next one: the post may be gone
    taken_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX hook_messages_age ON hook_messages (taken_at);

  CREATE TABLE hook_posts (
    name TEXT PRIMARY KEY, -- what a message called it: the kind of name, a space, the name
    post INTEGER,
    at TEXT NOT NULL, -- when the last thing happened that was heard of it
    deletion INTEGER, -- the audit entry of the deletion by a message
    heard_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX hook_posts_age ON hook_posts (heard_at);
  `;
