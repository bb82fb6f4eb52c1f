/**
 * Readers who watch threads count as one more hearer, for as long as somebody said they are there: so a site that
 * nobody watches writes no events.
 */
export const live = `
  ALTER TABLE site ADD COLUMN live_until TEXT; -- until when they count; null: they don't
  ALTER TABLE site ADD COLUMN live_from INTEGER NOT NULL DEFAULT 0; -- since this event none is missing
`;
