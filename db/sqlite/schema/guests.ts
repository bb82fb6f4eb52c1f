/** What guests wrote, found by their e-mail address, and the addresses that are being erased. */
export const guests = `
  CREATE INDEX comments_email ON comments (email COLLATE NOCASE) WHERE email IS NOT NULL AND user_id IS NULL;
  CREATE INDEX trash_email ON trash ((was ->> 'email') COLLATE NOCASE)
    WHERE was ->> 'email' IS NOT NULL AND was ->> 'user_id' IS NULL;

  ALTER TABLE trashed_rows ADD COLUMN email TEXT COLLATE NOCASE; -- of the guest whose it is
  UPDATE trashed_rows SET email = row ->> 'email' WHERE kind = 'comments' AND user_id IS NULL;
  UPDATE trashed_rows SET email = (row ->> 'was') ->> 'email' WHERE kind = 'trash' AND user_id IS NULL;
  CREATE INDEX trashed_rows_email ON trashed_rows (email) WHERE email IS NOT NULL;

  CREATE TABLE erasures ( -- what of it remains is found by the address
    email TEXT PRIMARY KEY COLLATE NOCASE
  ) STRICT, WITHOUT ROWID;
  `;
