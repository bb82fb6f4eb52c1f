/** Messages that somebody waits for at this moment go before all others. */
export const urgent = `
  ALTER TABLE mails ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0 CHECK (urgent IN (0, 1));
  CREATE INDEX mails_urgent ON mails (due_at) WHERE urgent = 1 AND due_at IS NOT NULL;
`;
