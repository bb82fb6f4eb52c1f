/**
 * Who did what, when. Rows are only ever added: what happened can't be changed or taken out. Names and texts can be
 * blanked, since a person may ask to be forgotten.
 */
export const audit = `
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    user_id INTEGER, -- no reference: the log outlives people
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    action TEXT NOT NULL,
    type TEXT NOT NULL,
    subject INTEGER NOT NULL,
    before TEXT,
    after TEXT,
    note TEXT,
    undoes INTEGER REFERENCES audit
  ) STRICT;
  CREATE INDEX audit_subject ON audit (type, subject, id);
  CREATE INDEX audit_user ON audit (user_id) WHERE user_id IS NOT NULL;
  CREATE UNIQUE INDEX audit_undoes ON audit (undoes) WHERE undoes IS NOT NULL;
  CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'The audit log is only ever added to'); END;
  CREATE TRIGGER audit_is_true BEFORE UPDATE OF id, at, role, action, type, subject, undoes ON audit
    BEGIN SELECT RAISE(ABORT, 'The audit log is only ever added to'); END;
  `;
