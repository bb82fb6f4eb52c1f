import type { Store } from "@/db/store";
import { toInstant } from "@/db/time";
import { log } from "@/lib/log";

/** How often it is looked whether something is due, be it a retry or another process's: ms. */
const EVERY = 1000;

/** Something that has to leave, as it was claimed. */
interface Claimed {
  id: number;
}

/**
 * One sort of things that leave. `Lane`: whom they go to; what one receiver is slow at holds up nobody else.
 * A claim's lease is longer than any try takes, so that only a dead process loses it.
 */
export interface Errand<Lane extends number | string, One extends Claimed> {
  /** What it brings, for the log. */
  name: string;
  /** How many tries run at once in one lane. */
  atOnce: number;
  /** How long nobody else takes what was claimed, in milliseconds. */
  lease: number;
  /** The lanes that have something due. */
  due(now: string): Promise<Lane[]>;
  claim(lane: Lane, most: number, now: string, until: string): Promise<One[]>;
  /** Tries it, and says the store what came of it. `signal`: break off, and put it back. */
  attempt(claimed: One, signal: AbortSignal): Promise<void>;
}

/** The same whatever it brings. */
export interface Round {
  /** Claims and begins what is due; `again`: called when a try is over, since there is room then. */
  take(over: AbortSignal, again: () => void): Promise<void>;
  /** Resolves once nothing runs. */
  settle(): Promise<unknown>;
}

/** How the tries of an errand go: who claims something has it, and where that process dies, it is due again later. */
export function toRound<Lane extends number | string, One extends Claimed>(errand: Errand<Lane, One>): Round {
  const running = new Map<Lane, Set<Promise<void>>>();

  /** Never rejects. */
  const attempt = async (claimed: One, over: AbortSignal) => {
    try {
      await errand.attempt(claimed, over);
    } catch (error) {
      log.warn({ err: error, [errand.name]: claimed.id }, "could not deliver; trying again soon");
    }
  };

  const takeLane = async (lane: Lane, over: AbortSignal, again: () => void) => {
    const tries = running.get(lane) ?? new Set();
    const room = errand.atOnce - tries.size;
    if (room <= 0 || over.aborted) return;
    const now = Date.now();
    for (const one of await errand.claim(lane, room, toInstant(now), toInstant(now + errand.lease))) {
      const run = attempt(one, over).finally(() => {
        tries.delete(run);
        if (tries.size === 0) running.delete(lane);
        again();
      });
      tries.add(run);
    }
    if (tries.size > 0) running.set(lane, tries);
  };

  return {
    take: async (over, again) => {
      for (const lane of await errand.due(toInstant(Date.now()))) await takeLane(lane, over, again);
    },
    settle: () => Promise.all([...running.values()].flatMap((tries) => [...tries])),
  };
}

/** Brings things out. One in each process. */
export class Courier {
  readonly #rounds: readonly Round[];
  readonly #over = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #hearNoMore: () => void;
  #looking: Promise<void> | null = null;
  #again = false;

  constructor(store: Store, rounds: readonly Round[]) {
    this.#rounds = rounds;
    this.#hearNoMore = store.outbox.listen(() => this.#look());
    this.#timer = setInterval(() => this.#look(), EVERY).unref();
  }

  /** Claims no more, breaks off what runs, and resolves once it is put back. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#hearNoMore();
    this.#over.abort();
    await this.#looking;
    await Promise.all(this.#rounds.map((round) => round.settle()));
  }

  /** One look at a time; what is asked for meanwhile is one more. */
  #look(): void {
    this.#again = true;
    this.#looking ??= this.#takeAll().finally(() => {
      this.#looking = null;
      if (this.#again && !this.#over.signal.aborted) this.#look();
    });
  }

  async #takeAll(): Promise<void> {
    while (this.#again && !this.#over.signal.aborted) {
      this.#again = false;
      for (const round of this.#rounds) await this.#take(round);
    }
  }

  /** Never rejects: what one sort of things fails at holds up no other. */
  async #take(round: Round): Promise<void> {
    try {
      await round.take(this.#over.signal, () => this.#look());
    } catch (error) {
      log.warn({ err: error }, "could not look for what is to be sent; trying again in a second");
    }
  }
}
