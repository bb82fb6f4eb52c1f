/** A day in milliseconds. */
export const DAY = 24 * 60 * 60 * 1000;

/** Milliseconds since 1970 as the store's instants are written. */
export function toInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
