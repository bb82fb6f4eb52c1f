/**
 * Messages on their way out. A row names the kind and what it is about; the text is written when it is sent, so nothing
 * lies here that has to be forgotten with a comment, and nothing is told that was taken back meanwhile.
 */
export const mails = `
  ALTER TABLE site ADD COLUMN mailing INTEGER NOT NULL DEFAULT 0; -- whether this server sends mail; else none is written
  ALTER TABLE site ADD COLUMN mails INTEGER NOT NULL DEFAULT 0; -- how many wait

  ALTER TABLE users ADD COLUMN notify TEXT NOT NULL DEFAULT 'each' CHECK (notify IN ('each', 'digest', 'off')); -- what moderators hear of

  CREATE TABLE mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    user_id INTEGER REFERENCES users, -- whoever gets it, at the address that they have then;
    address TEXT COLLATE NOCASE, -- or an address that belongs to nobody
    facts TEXT NOT NULL, -- JSON: ids
    key TEXT, -- of those with the same one, at most one waits that was not tried yet
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed', 'dropped')),
    due_at TEXT, -- when it is tried next; of one that is being tried, when somebody else may
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    created_at TEXT NOT NULL,
    tried_at TEXT,
    CHECK ((user_id IS NULL) <> (address IS NULL)),
    CHECK ((due_at IS NULL) = (state <> 'waiting'))
  ) STRICT;
  CREATE INDEX mails_due ON mails (due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX mails_user ON mails (user_id, created_at) WHERE user_id IS NOT NULL;
  CREATE INDEX mails_address ON mails (address, created_at) WHERE address IS NOT NULL;
  CREATE INDEX mails_key ON mails (key, tried_at) WHERE key IS NOT NULL;
  CREATE INDEX mails_age ON mails (created_at);
  CREATE TRIGGER mails_more AFTER INSERT ON mails WHEN NEW.state = 'waiting'
    BEGIN UPDATE site SET mails = mails + 1; END;
  CREATE TRIGGER mails_change AFTER UPDATE OF state ON mails WHEN (NEW.state = 'waiting') <> (OLD.state = 'waiting')
    BEGIN UPDATE site SET mails = mails + (NEW.state = 'waiting') - (OLD.state = 'waiting'); END;
  CREATE TRIGGER mails_less AFTER DELETE ON mails WHEN OLD.state = 'waiting'
    BEGIN UPDATE site SET mails = mails - 1; END;
`;
