/** Whoever asked to hear of comments by mail, of which ones, and what they were told. */
export const subscriptions = `
  CREATE TABLE readers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER UNIQUE REFERENCES users ON DELETE CASCADE, -- somebody with an account, at the address that they have then;
    address TEXT UNIQUE COLLATE NOCASE, -- or a guest, as long as they have a subscription
    proven TEXT COLLATE NOCASE, -- the address at which somebody with an account confirmed
    CHECK ((user_id IS NULL) <> (address IS NULL))
  ) STRICT;

  CREATE TABLE subscriptions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    reader INTEGER NOT NULL REFERENCES readers ON DELETE CASCADE,
    post INTEGER NOT NULL REFERENCES posts ON DELETE CASCADE,
    comment_id INTEGER NOT NULL UNIQUE REFERENCES comments ON DELETE CASCADE, -- the one with which they asked
    scope TEXT NOT NULL CHECK (scope IN ('replies', 'thread')), -- what is below that comment, or all on its post
    pace TEXT NOT NULL DEFAULT 'soon' CHECK (pace IN ('soon', 'daily')),
    created_at TEXT NOT NULL,
    asked_at TEXT, -- when they were asked to confirm
    confirmed_at TEXT
  ) STRICT;
  CREATE INDEX subscriptions_post ON subscriptions (post, scope, id);
  CREATE INDEX subscriptions_reader ON subscriptions (reader, id);
  CREATE INDEX subscriptions_waiting ON subscriptions (created_at) WHERE confirmed_at IS NULL;

  CREATE TABLE tellings ( -- comments that appeared, until everybody's notice is made
    comment_id INTEGER PRIMARY KEY REFERENCES comments ON DELETE CASCADE,
    at TEXT NOT NULL,
    done INTEGER NOT NULL DEFAULT 0 -- the last subscription that was looked at
  ) STRICT;

  CREATE TABLE notices ( -- of which comment whom to tell, and which message told them: nobody hears of one twice
    reader INTEGER NOT NULL,
    comment_id INTEGER NOT NULL REFERENCES comments ON DELETE CASCADE,
    subscription INTEGER NOT NULL REFERENCES subscriptions ON DELETE CASCADE,
    mail INTEGER,
    at TEXT NOT NULL,
    PRIMARY KEY (reader, comment_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX notices_untold ON notices (reader) WHERE mail IS NULL;
  CREATE INDEX notices_comment ON notices (comment_id);
  CREATE INDEX notices_subscription ON notices (subscription);
  CREATE INDEX notices_age ON notices (at);

  -- A guest's address is kept no longer than it is needed; what was sent already is swept with the queue.
  CREATE TRIGGER subscriptions_last AFTER DELETE ON subscriptions
    WHEN NOT EXISTS (SELECT 1 FROM subscriptions WHERE reader = OLD.reader)
    BEGIN DELETE FROM readers WHERE id = OLD.reader AND address IS NOT NULL; END;
  CREATE TRIGGER readers_gone AFTER DELETE ON readers WHEN OLD.address IS NOT NULL
    BEGIN DELETE FROM mails WHERE address = OLD.address AND tried_at IS NULL AND kind GLOB 'replies.*'; END;
`;
