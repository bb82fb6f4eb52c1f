/**
 * The moderators' queue with its kept counts, settled reports, the network of signed-in reporters (so that nobody
 * counts twice by signing in), rules that hold or block, and what a network said lately.
 */
export const moderation = `
  ALTER TABLE comments ADD COLUMN reports INTEGER NOT NULL DEFAULT 0; -- those that no moderator has settled
  ALTER TABLE comments ADD COLUMN noted INTEGER NOT NULL DEFAULT 0; -- rises with what only moderators see
  ALTER TABLE comments ADD COLUMN vetted INTEGER NOT NULL DEFAULT 0 CHECK (vetted IN (0, 1)); -- a moderator approved it as it is
  ALTER TABLE comments ADD COLUMN queued INTEGER
    GENERATED ALWAYS AS (status = 'pending' OR (status = 'approved' AND reports > 0)) VIRTUAL;
  UPDATE comments SET held = json_array(json_object('rule', 'earlier', 'reason', held)) WHERE held IS NOT NULL;
  CREATE INDEX comments_queue ON comments (created_at, id) WHERE queued = 1;
  CREATE INDEX comments_network_time ON comments (network, created_at) WHERE network IS NOT NULL;

  ALTER TABLE site ADD COLUMN pending INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE site ADD COLUMN reported INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE site ADD COLUMN moderation INTEGER NOT NULL DEFAULT 0; -- rises with what only moderators see
  ALTER TABLE site ADD COLUMN rules INTEGER NOT NULL DEFAULT 0; -- rises with every change of the rules
  UPDATE site SET pending = (SELECT count(*) FROM comments WHERE status = 'pending');

  -- Triggers, so that the counts are true whatever else adds, changes or takes out comments.
  CREATE TRIGGER comments_queue_more AFTER INSERT ON comments
    WHEN NEW.status = 'pending' OR (NEW.status = 'approved' AND NEW.reports > 0)
    BEGIN UPDATE site SET pending = pending + (NEW.status = 'pending'), reported = reported + (NEW.status = 'approved'); END;
  CREATE TRIGGER comments_queue_change AFTER UPDATE OF status, reports ON comments
    WHEN NEW.status <> OLD.status OR (NEW.reports > 0) <> (OLD.reports > 0)
    BEGIN UPDATE site SET pending = pending + (NEW.status = 'pending') - (OLD.status = 'pending'),
      reported = reported + (NEW.status = 'approved' AND NEW.reports > 0) - (OLD.status = 'approved' AND OLD.reports > 0); END;
  CREATE TRIGGER comments_queue_less AFTER DELETE ON comments
    WHEN OLD.status = 'pending' OR (OLD.status = 'approved' AND OLD.reports > 0)
    BEGIN UPDATE site SET pending = pending - (OLD.status = 'pending'), reported = reported - (OLD.status = 'approved'); END;

  ALTER TABLE reports ADD COLUMN network TEXT; -- of a signed-in reporter
  ALTER TABLE reports ADD COLUMN settled INTEGER; -- the entry of the audit log that did
  UPDATE comments SET reports = (SELECT count(*) FROM reports WHERE comment_id = comments.id)
    WHERE id IN (SELECT comment_id FROM reports);
  CREATE INDEX reports_network ON reports (comment_id, network) WHERE network IS NOT NULL;
  CREATE INDEX reports_signed_in_age ON reports (reported_at) WHERE network IS NOT NULL;

  CREATE TABLE rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('newcomer', 'links', 'images', 'words', 'email', 'network')),
    action TEXT NOT NULL CHECK (action IN ('hold', 'block')),
    max INTEGER,
    words TEXT,
    pattern TEXT,
    note TEXT,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    deleted_at TEXT -- kept until it is past undoing
  ) STRICT;
  CREATE INDEX rules_live ON rules (id) WHERE deleted_at IS NULL;
  CREATE INDEX audit_type ON audit (type, id);
  `;
