/**
 * What happened, for whoever is told of it outside: written with the change itself, and only while somebody listens.
 * An event names what it is about and holds no text of it, so that nothing here has to be forgotten with a person.
 */
export const outbox = `
  ALTER TABLE site ADD COLUMN hearers INTEGER NOT NULL DEFAULT 0; -- how many listen; with none no event is written

  CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL,
    at TEXT NOT NULL,
    post INTEGER, -- no reference, nor the next one: what it tells of may be gone
    comment INTEGER,
    detail TEXT -- JSON: what can't be looked up any more
  ) STRICT;
  CREATE INDEX events_age ON events (at);

  CREATE TABLE webhooks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    url TEXT NOT NULL,
    format TEXT NOT NULL,
    events TEXT NOT NULL, -- JSON: the types it is told of
    salt TEXT NOT NULL, -- of its signing secret, which is derived and not kept
    former_salt TEXT,
    former_until TEXT, -- until then both secrets sign
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    disabled TEXT CHECK (disabled IN ('gone', 'failing')), -- why it was turned off by itself
    failing_since TEXT,
    created_at TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER webhooks_more AFTER INSERT ON webhooks WHEN NEW.active = 1
    BEGIN UPDATE site SET hearers = hearers + 1; END;
  CREATE TRIGGER webhooks_change AFTER UPDATE OF active ON webhooks WHEN NEW.active <> OLD.active
    BEGIN UPDATE site SET hearers = hearers + NEW.active - OLD.active; END;
  CREATE TRIGGER webhooks_less AFTER DELETE ON webhooks WHEN OLD.active = 1
    BEGIN UPDATE site SET hearers = hearers - 1; END;

  CREATE TABLE deliveries ( -- an event on its way to a webhook
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event INTEGER NOT NULL REFERENCES events ON DELETE CASCADE,
    webhook INTEGER NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed', 'dropped')),
    due_at TEXT, -- when it is tried next; of one that is being tried, when somebody else may
    attempts INTEGER NOT NULL DEFAULT 0,
    round INTEGER NOT NULL DEFAULT 0, -- the attempts of before it was sent again by hand
    tried_at TEXT,
    status INTEGER, -- HTTP's, of the last attempt
    error TEXT,
    CHECK ((due_at IS NULL) = (state <> 'waiting'))
  ) STRICT;
  CREATE INDEX deliveries_due ON deliveries (webhook, due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX deliveries_webhook ON deliveries (webhook, id);
  CREATE INDEX deliveries_event ON deliveries (event);
`;
