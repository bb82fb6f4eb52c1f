/**
 * The next value of a column `version`: it rises by at least one, and with the clock, so that a database restored
 * from a backup never gives an old version to new data.
 */
export const NEXT_VERSION = "max(version + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER))";
