/**
 * Comments that moderators are to hear of by mail: since when each began to wait. Written only while this server sends
 * mail. It holds ids alone; whether one still waits is looked up when a message is written.
 */
export const alarms = `
  CREATE TABLE alarms (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    comment INTEGER NOT NULL UNIQUE, -- no reference: it may be gone
    at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX alarms_age ON alarms (at);

  ALTER TABLE users ADD COLUMN told INTEGER NOT NULL DEFAULT 0; -- the last alarm that they were sent
  CREATE INDEX users_moderators ON users (id) WHERE role IN ('admin', 'moderator');
`;
