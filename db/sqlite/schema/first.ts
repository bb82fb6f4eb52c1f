import { CARD } from "@/db/sqlite/projection";

/** What the first version had: posts, comments, votes, reports, imported users and tokens. */
export const first = `
  CREATE TABLE site (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    secret BLOB NOT NULL,
    version INTEGER NOT NULL DEFAULT 0,
    comments INTEGER NOT NULL DEFAULT 0,
    posts INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  INSERT INTO site (id, secret) VALUES (1, randomblob(32));

  CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    email TEXT UNIQUE COLLATE NOCASE,
    password TEXT,
    profession TEXT,
    website TEXT,
    role TEXT NOT NULL CHECK (role IN ('admin', 'moderator', 'author', 'member')),
    created_at TEXT NOT NULL,
    import_key TEXT UNIQUE
  ) STRICT;

  CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash TEXT NOT NULL UNIQUE,
    user_id INTEGER REFERENCES users ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('admin', 'moderator', 'author', 'member')),
    created_at TEXT NOT NULL,
    expires_at TEXT
  ) STRICT;

  CREATE TABLE posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    slug TEXT NOT NULL UNIQUE,
    page TEXT UNIQUE, -- the canonical key of url
    url TEXT,
    title TEXT NOT NULL,
    content TEXT,
    html TEXT,
    author TEXT,
    author_key TEXT,
    user_id INTEGER REFERENCES users ON DELETE SET NULL,
    category TEXT,
    comments_open INTEGER NOT NULL DEFAULT 1 CHECK (comments_open IN (0, 1)),
    comments INTEGER NOT NULL DEFAULT 0,
    own INTEGER NOT NULL DEFAULT 1 CHECK (own IN (0, 1)), -- 0: made on the way by a comment on its page
    listed INTEGER NOT NULL GENERATED ALWAYS AS (own = 1 OR comments > 0) STORED,
    version INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    import_key TEXT UNIQUE
  ) STRICT;
  CREATE INDEX posts_time ON posts (listed, created_at, id);
  CREATE INDEX posts_author ON posts (author_key, listed, created_at, id);
  CREATE INDEX posts_category ON posts (category, listed, created_at, id);
  CREATE INDEX posts_user ON posts (user_id) WHERE user_id IS NOT NULL;
  CREATE VIRTUAL TABLE posts_fts USING fts5 (
    title, content, content = 'posts', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
  );

  CREATE TABLE comments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    post INTEGER NOT NULL REFERENCES posts ON DELETE CASCADE,
    parent INTEGER REFERENCES comments ON DELETE CASCADE,
    depth INTEGER NOT NULL,
    author TEXT NOT NULL,
    author_key TEXT NOT NULL,
    avatar TEXT NOT NULL,
    email TEXT,
    website TEXT,
    user_id INTEGER REFERENCES users ON DELETE SET NULL,
    role TEXT,
    comment TEXT NOT NULL,
    html TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('approved', 'pending', 'spam', 'deleted')),
    held TEXT,
    pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
    up INTEGER NOT NULL DEFAULT 0,
    down INTEGER NOT NULL DEFAULT 0,
    score REAL NOT NULL DEFAULT 0,
    replies INTEGER NOT NULL DEFAULT 0, -- visible direct ones
    visible INTEGER NOT NULL CHECK (visible IN (0, 1)), -- approved, or a tombstone over visible replies
    network TEXT, -- keyed hash of where it came from
    address TEXT, -- the same, cut short
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    edited_at TEXT,
    deleted_by TEXT CHECK (deleted_by IN ('author', 'moderator')),
    import_key TEXT UNIQUE,
    card TEXT NOT NULL GENERATED ALWAYS AS (${CARD}) STORED
  ) STRICT;
  CREATE INDEX comments_thread ON comments (post, created_at, id) WHERE visible = 1;
  CREATE INDEX comments_siblings ON comments (post, parent, created_at, id) WHERE visible = 1;
  CREATE INDEX comments_top_level_score ON comments (post, score, id) WHERE visible = 1 AND parent IS NULL;
  CREATE INDEX comments_parent ON comments (parent);
  CREATE INDEX comments_status ON comments (status, created_at, id);
  CREATE INDEX comments_post_status ON comments (post, status, created_at, id);
  CREATE INDEX comments_score ON comments (score, id) WHERE status = 'approved';
  CREATE INDEX comments_post_score ON comments (post, score, id) WHERE status = 'approved';
  CREATE INDEX comments_author ON comments (author_key, status, created_at, id);
  CREATE INDEX comments_text ON comments (text_hash);
  CREATE INDEX comments_network ON comments (network, status) WHERE network IS NOT NULL;
  CREATE INDEX comments_network_age ON comments (created_at) WHERE network IS NOT NULL;
  CREATE INDEX comments_user ON comments (user_id) WHERE user_id IS NOT NULL;
  CREATE VIRTUAL TABLE comments_fts USING fts5 (
    comment, content = 'comments', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
  );
  INSERT INTO comments_fts (comments_fts, rank) VALUES ('secure-delete', 1);

  CREATE TABLE edits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    comment_id INTEGER NOT NULL REFERENCES comments ON DELETE CASCADE,
    comment TEXT NOT NULL,
    author TEXT NOT NULL,
    website TEXT,
    by TEXT NOT NULL,
    edited_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX edits_comment ON edits (comment_id, id);

  CREATE TABLE trash ( -- what a moderator deleted, until it is past undoing
    comment_id INTEGER PRIMARY KEY REFERENCES comments ON DELETE CASCADE,
    was TEXT NOT NULL,
    deleted_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX trash_age ON trash (deleted_at);

  CREATE TABLE votes (
    comment_id INTEGER NOT NULL REFERENCES comments ON DELETE CASCADE,
    voter TEXT NOT NULL,
    value INTEGER NOT NULL CHECK (value IN (1, -1)),
    voted_at TEXT NOT NULL,
    PRIMARY KEY (comment_id, voter)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX votes_network_age ON votes (voted_at) WHERE voter GLOB 'network:*';

  CREATE TABLE reports (
    comment_id INTEGER NOT NULL REFERENCES comments ON DELETE CASCADE,
    reporter TEXT NOT NULL,
    reason TEXT NOT NULL,
    note TEXT,
    reported_at TEXT NOT NULL,
    PRIMARY KEY (comment_id, reporter)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX reports_network_age ON reports (reported_at) WHERE reporter GLOB 'network:*';

  CREATE TABLE idempotency_keys (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    comment_id INTEGER NOT NULL REFERENCES comments ON DELETE CASCADE,
    status TEXT NOT NULL,
    answer TEXT, -- null once its comment was deleted
    created_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
  CREATE INDEX idempotency_keys_comment ON idempotency_keys (comment_id);

  CREATE TABLE limits (
    key TEXT PRIMARY KEY,
    full_at INTEGER NOT NULL -- milliseconds: when the quota is whole again
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX limits_age ON limits (full_at);
  `;
