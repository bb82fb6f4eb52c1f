import { keep, recallMap } from "@/embed/storage";

/** The right to change a comment: the token that proves it, "" for somebody signed in; and until when. */
interface Right {
  token: string;
  until: string;
}

const VOTES = 500;

/** What the reader may change, and how the reader voted, on one server; kept by the browser. */
export class Memory {
  readonly #rights: Map<string, Right>;
  readonly #votes: Map<string, number>;
  readonly #server: string;

  constructor(server: string) {
    this.#server = server;
    this.#rights = recallMap(`mine:${server}`, readRight);
    this.#votes = recallMap(`votes:${server}`, (value) => (typeof value === "number" ? value : null));
  }

  /** Null where there is none, or it is over. */
  rightTo(id: number): Right | null {
    const right = this.#rights.get(String(id));
    return right && Date.parse(right.until) > Date.now() ? right : null;
  }

  addRight(id: number, right: Right): void {
    this.#rights.set(String(id), right);
    const valid = [...this.#rights].filter(([, { until }]) => Date.parse(until) > Date.now());
    keep(`mine:${this.#server}`, Object.fromEntries(valid));
  }

  voteOn(id: number): number {
    return this.#votes.get(String(id)) ?? 0;
  }

  setVote(id: number, value: number): void {
    this.#votes.delete(String(id));
    if (value !== 0) this.#votes.set(String(id), value);
    keep(`votes:${this.#server}`, Object.fromEntries([...this.#votes].slice(-VOTES)));
  }
}

function readRight(value: unknown): Right | null {
  if (typeof value !== "object" || value === null || !("token" in value && "until" in value)) return null;
  return { token: String(value.token), until: String(value.until) };
}
