import { keep, recall } from "@/embed/storage";

/** The right to change a comment: the token that proves it, "" for somebody signed in; and until when. */
interface Right {
  token: string;
  until: string;
}

const VOTES = 500;

/** What the reader may change, and how the reader voted, on one server; kept by the browser. */
export class Memory {
  /** By the ids of comments: until when, and the token. */
  readonly #rights: Record<string, string>;
  readonly #votes: Record<string, string>;

  constructor(readonly server: string) {
    this.#rights = recall(`mine:${server}`);
    this.#votes = recall(`votes:${server}`);
  }

  /** Null where there is none, or it is over. */
  rightTo(id: number | string): Right | null {
    const [until = "", token = ""] = (this.#rights[id] ?? "").split(" ");
    return Date.parse(until) > Date.now() ? { token, until } : null;
  }

  addRight(id: number, { token, until }: Right): void {
    // Another element, or tab, may have kept some meanwhile.
    Object.assign(this.#rights, recall(`mine:${this.server}`), { [id]: `${until} ${token}` });
    const valid = Object.entries(this.#rights).filter(([id]) => this.rightTo(id));
    keep(`mine:${this.server}`, Object.fromEntries(valid));
  }

  voteOn(id: number): number {
    return Number(this.#votes[id] ?? 0);
  }

  /** The newest comments' votes are kept. */
  setVote(id: number, value: number): void {
    Object.assign(this.#votes, recall(`votes:${this.server}`), { [id]: String(value) });
    keep(`votes:${this.server}`, Object.fromEntries(Object.entries(this.#votes).slice(-VOTES)));
  }
}
