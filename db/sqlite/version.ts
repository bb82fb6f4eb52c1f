/**
 * The next value of a version: it rises by at least one, and with the clock, so that a database restored from a
 * backup never gives an old version to new data.
 */
export const nextOf = (column: string) => `max(${column} + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER))`;

/** The same for the column `version`. */
export const NEXT_VERSION = nextOf("version");
