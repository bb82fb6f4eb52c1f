/**
 * Uploaded files. What has a name is a file; what has bytes is a blob, which several files may share. The bytes
 * themselves are in the folder FILES_DIR, at `place`.
 */
export const files = `
  CREATE TABLE blobs (
    sha256 TEXT PRIMARY KEY,
    place TEXT NOT NULL UNIQUE, -- where in FILES_DIR; never used twice
    type TEXT NOT NULL,
    size INTEGER NOT NULL,
    files INTEGER NOT NULL DEFAULT 0 -- how many have these bytes
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL UNIQUE,
    filename TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES blobs,
    user_id INTEGER REFERENCES users ON DELETE SET NULL,
    created_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX files_blob ON files (sha256);
  CREATE INDEX files_user ON files (user_id, id) WHERE user_id IS NOT NULL;

  ALTER TABLE site ADD COLUMN file_bytes INTEGER NOT NULL DEFAULT 0; -- of all blobs
`;
