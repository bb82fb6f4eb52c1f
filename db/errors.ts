/** A fault that stops the program from starting; the message is one sentence for people, with the mend. */
export class StartError extends Error {
  override name = "StartError";
}

/**
 * The database cannot take or answer this now: locked, full, read-only, or the disk failed.
 * Nothing was written. `retryAfter` is in seconds.
 */
export class Unavailable extends Error {
  override name = "Unavailable";
  constructor(
    message: string,
    readonly retryAfter = 5,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An `Unavailable` whose cause is that too much waits already. */
export class Overloaded extends Unavailable {
  override name = "Overloaded";
}

/**
 * Whether it is an `Unavailable`, or a `StartError` of a store that could not be opened. By name, never by class:
 * Next's bundles and server.ts have each their own copy of the classes, and one store.
 */
export function isUnavailable(error: unknown): error is Error & { retryAfter?: number } {
  return error instanceof Error && /^(Unavailable|Overloaded|StartError)$/.test(error.name);
}
