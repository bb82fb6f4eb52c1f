import type { IncomingHttpHeaders } from "node:http";

/** A message from outside as it came, before anything of it was read. */
export interface Arrived {
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** What the signature of a message vouches for. */
interface Proof {
  /** Tells this message from every other of all senders. */
  id: string;
  /** When it was signed, in milliseconds; null where the signature does not say. */
  at: number | null;
}

/** A kind of program that sends messages: how it signs them, and how it says what happened. */
export interface Sender {
  /** The header that has the signature, in lower case. */
  header: string;
  /** How old what happened may be, in milliseconds; null: a signature of its own time is enough. */
  oldest: number | null;
  /** Throws 401 for a signature that is not right. `secrets`: as the setting has them, one at least. */
  prove(arrived: Arrived, secrets: readonly string[]): Proof;
  /** The body in the form of `hookMessage`, still to be checked; or why there is nothing in it for us. */
  toMessage(body: unknown, arrived: Arrived, proof: Proof): { message: unknown } | { ignored: string };
}
