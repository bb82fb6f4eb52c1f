/** Whoever gets a message: somebody with an account, at the address that they have when it is sent, or an address. */
export type Addressee = { user: number } | { address: string };

/** A message to be sent. What it says is written only then. */
export interface NewMail {
  kind: string;
  to: Addressee;
  /** What it is about: ids, and no text of anybody. */
  facts: Record<string, unknown>;
  at: string;
  /** When to send it; `at` where it is not said. */
  dueAt?: string;
  /**
   * Of those with the same key one waits at most that was not tried yet: it tells what the others would, so none is
   * refused: where the addressee had enough within the hour, it goes later. `spacing`: so many milliseconds lie between
   * one that was tried and the next.
   */
  key?: string;
  spacing?: number;
  /** How many of this kind this addressee gets within an hour; those of all kinds together have a cap anyway. */
  hourly?: number;
  /**
   * Somebody waits for it: it goes out however many of other kinds the addressee had, and before those of all others; so
   * it needs a cap of its own.
   */
  urgent?: true;
}

/**
 * `waiting`: one with the same key waits already, and tells of this, too. `too_many`: it has no key, and the
 * addressee had enough within the hour. `off`: this server sends no mail.
 */
export type Queued = "queued" | "waiting" | "too_many" | "off";

/** A message that the caller has to send now. */
export interface ClaimedMail {
  id: number;
  /** How often it was tried, this time included; tells this claim from any other. */
  attempts: number;
  kind: string;
  user: number | null;
  /** Null where the person has none any more. */
  address: string | null;
  facts: Record<string, unknown>;
  queuedAt: string;
  urgent: boolean;
}

type MailState = "waiting" | "sent" | "failed" | "dropped";

/** What came of a try. `dropped`: there was nothing to say any more. */
export interface MailOutcome {
  state: MailState;
  /** When to try again; null unless it still waits. */
  dueAt: string | null;
  error: string | null;
  /** It was broken off here, and does not count as a try. */
  untried?: true;
}

/** What a moderator hears of by mail: of each thing that waits, once a day of all, or nothing. */
export type Notify = "each" | "digest" | "off";

/** Messages on their way out. What came of a claim may be lost in a power cut: it is then sent again. */
export interface Mails {
  /** Whether this server sends mail. While it does not, nothing is queued, and what waits stays until `sweep`. */
  turn(on: boolean): Promise<void>;
  /** Null where nobody is of that id. */
  notify(user: number): Promise<Notify | null>;
  /** False where nobody is of that id, or it is so already. */
  setNotify(user: number, notify: Notify): Promise<boolean>;
  queue(mail: NewMail): Promise<Queued>;
  /** Whether something is to be sent at `now`, `which` ("all") of it. A look at an index, cheap enough for each second. */
  isDue(now: string, which?: "all" | "urgent"): Promise<boolean>;
  /**
   * Takes up to `most` due messages, `which` ("all") of them, oldest first; until `until` nobody else gets them. What they
   * tell of is on the disk.
   */
  claim(most: number, now: string, until: string, which?: "all" | "urgent"): Promise<ClaimedMail[]>;
  /** Says what came of a try; false where the claim was over, and somebody else has it. */
  finish(claim: Pick<ClaimedMail, "id" | "attempts">, outcome: MailOutcome): Promise<boolean>;
  /**
   * What began to wait since this moderator was told last. Null: it is not for them (any more) to hear of it, or a message
   * to them that was queued after `mail` is on its way by now, and tells of all.
   */
  alarms(user: number, mail: number, now: string, most: number): Promise<Alarms | null>;
  /** Says that a moderator was sent all alarms up to `last`. */
  told(user: number, last: number): Promise<void>;
  /** Takes out all that is or was for this address. */
  forget(address: string): Promise<void>;
}

/** Comments that a moderator is to hear of. */
export interface Alarms {
  /** Those that still wait, the longest waiting first. */
  comments: number[];
  /** Whether more wait than asked for. */
  more: boolean;
  /** Say so in `told` once they were told. */
  last: number;
}
