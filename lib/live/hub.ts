import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import type { LiveEvent, Position } from "@/db/port/live";
import type { Store } from "@/db/store";
import { DAY, toInstant } from "@/db/time";
import { readMark, toFrame, toHeartbeat, toMark, toReady, toReset, toRetry } from "@/lib/live/frames";
import { Heart } from "@/lib/live/heart";
import { type Bounds, type Reader, Readers, type Refusal } from "@/lib/live/readers";
import { log } from "@/lib/log";

/** How often it is looked whether another process has committed something, in milliseconds, while anybody watches. */
const EVERY = 50;
/** For how long events are written on behalf of who watches; and how often it is looked whether to say so again. */
const LEASE = DAY;
const RENEWAL = DAY / 24;
/** How many events are read at once. */
const BATCH = 100;
/** The most that is handed to a reader in one piece, in bytes, where the events are not larger themselves. */
const PIECE = 64 * 1024;
/** After so many readers others have a turn. */
const TURN = 128;
/** Work that takes longer than that, in milliseconds, is followed by as long a pause, up to `LONGEST`. */
const LONG = 20;
const LONGEST = 250;
/** Who missed more events than that of the thread, or more text, or more of all that happened, reads the thread anew: that costs less. */
const MOST_MISSED = 100;
const MOST_TEXT = 256 * 1024;
const MOST_BEHIND = 10_000;

/** A reader who is to be told from now on. */
interface Joiner {
  reader: Reader;
  resolve(refusal: null): void;
  reject(error: unknown): void;
}

/** What some readers are to get. */
interface Letter {
  readers: ReadonlySet<Reader>;
  frames: string[];
  /** Their post is gone. */
  ends: boolean;
}

/**
 * Tells those who watch threads what happens there. One in each process. Whatever is sent is sent by one loop, one thing
 * after the other: it reads what was committed since, once for all readers, by this process or another; then it lets in
 * who has come. So there is no gap between what a reader missed and what it is told.
 */
export class Hub {
  readonly #store: Store;
  readonly #readers: Readers;
  readonly #heart = new Heart();
  readonly #counts = { opened: 0, sent: 0, cut: 0, reset: 0, refused: { all: 0, network: 0 } };
  #joiners: Joiner[] = [];
  #position: Position = { id: 0, at: "" };
  #mark = "";
  #renewAt = 0;
  #news = 0;
  #timer: NodeJS.Timeout | null = null;
  #hearNoMore: () => void = () => undefined;
  #running: Promise<void> | null = null;
  #again = false;
  #failing = false;
  #served = 0;
  #closed = false;

  constructor(store: Store, bounds: Bounds) {
    this.#store = store;
    this.#readers = new Readers(bounds);
  }

  /** What it has done so far, and how many watch now. */
  get counts() {
    return { ...this.#counts, open: this.#readers.size };
  }

  /**
   * Tells `reader` from now on, or from behind the last event that it had; resolves once it has its first bytes, or with
   * why there is no room. Whoever calls it calls `leave` when the reader is gone. Rejects with the store's faults.
   */
  join(reader: Reader): Promise<Refusal | null> {
    const refusal = this.#readers.enter(reader);
    if (refusal !== null) {
      this.#counts.refused[refusal]++;
      return Promise.resolve(refusal);
    }
    this.#counts.opened++;
    return new Promise((resolve, reject) => {
      this.#joiners.push({ reader, resolve, reject });
      this.#begin();
      this.#wake();
    });
  }

  leave(reader: Reader): void {
    this.#heart.delete(reader);
    if (this.#readers.leave(reader) && this.#readers.size === 0) this.#rest();
  }

  /** Ends all streams, and those that are yet to come as soon as they do. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const reader of this.#readers) if (this.#heart.has(reader)) reader.end();
    await this.#running;
  }

  /** While nobody watches there is nothing to do. */
  #begin(): void {
    if (this.#timer !== null || this.#closed) return;
    this.#hearNoMore = this.#store.outbox.listen(() => this.#wake());
    this.#timer = setInterval(() => this.#look(), EVERY).unref();
  }

  #rest(): void {
    this.#hearNoMore();
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #look(): void {
    const news = this.#readNews();
    if (news === this.#news && !this.#heart.isDue) return;
    this.#news = news;
    this.#wake();
  }

  /** NaN, which is like nothing, where they can't be told now. */
  #readNews(): number {
    try {
      return this.#store.news();
    } catch {
      return Number.NaN;
    }
  }

  #wake(): void {
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      if (this.#again) this.#wake();
    });
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const began = performance.now();
      // Those that come from now on have to wait: what they must not miss may be committed after this is read.
      const joiners = this.#joiners.splice(0);
      try {
        await this.#renew();
        await this.#tell();
        await this.#beat();
        await this.#welcome(joiners);
        this.#failing = false;
      } catch (error) {
        if (!this.#failing)
          log.warn({ err: error }, "could not tell readers what happened; trying again and again");
        this.#failing = true;
        this.#news = Number.NaN;
        for (const { reject } of joiners) reject(error);
      }
      const took = performance.now() - began;
      if (took > LONG && !this.#closed) await wait(Math.min(took, LONGEST));
    }
  }

  async #renew(): Promise<void> {
    const now = Date.now();
    if (this.#readers.areAnyTold && now < this.#renewAt) return;
    const last = await this.#store.live.watch(toInstant(now), toInstant(now + LEASE));
    this.#renewAt = now + RENEWAL;
    if (!this.#readers.areAnyTold) this.#moveTo(last);
  }

  async #tell(): Promise<void> {
    while (this.#readers.areAnyTold) {
      const { events, last } = await this.#store.live.since(this.#position.id, BATCH);
      if (last === null) return;
      for (const letter of await this.#write(events)) await this.#handOut(letter);
      this.#moveTo(last);
    }
  }

  #moveTo(position: Position): void {
    if (position.id !== this.#position.id) this.#mark = toMark(this.#store.secret, position);
    this.#position = position;
  }

  /** All that can fail is done before anything is sent, so that nothing is sent twice. */
  async #write(events: LiveEvent[]): Promise<Letter[]> {
    const letters: Letter[] = [];
    const posts = new Set(events.map(({ post }) => post));
    for (const post of posts) {
      const thread = this.#readers.of(post);
      if (thread === undefined) continue;
      const those = events.filter((event) => event.post === post);
      const last = those.at(-1);
      const changed = last !== undefined && those.some(({ type }) => type === "thread.changed");
      const ends = changed && !(await this.#isThere(post));
      for (const [base, readers] of thread) {
        const frames = changed
          ? [toReset(toMark(this.#store.secret, last), post)]
          : await this.#toFrames(post, those, base);
        letters.push({ readers, frames: ends ? [] : frames, ends });
      }
    }
    return letters;
  }

  async #toFrames(post: number, events: LiveEvent[], base: string): Promise<string[]> {
    const ids = new Set(events.flatMap(({ comment }) => comment ?? []));
    const shown = await this.#store.live.shown(post, [...ids], base);
    return events
      .map((event) => toFrame(toMark(this.#store.secret, event), event, shown.get(event.comment ?? 0)))
      .filter((frame) => frame !== "");
  }

  async #handOut({ readers, frames, ends }: Letter): Promise<void> {
    for (const [bytes, count] of toPieces(frames)) {
      for (const reader of readers) {
        if (this.#send(reader, bytes)) this.#counts.sent += count;
        if (++this.#served % TURN === 0) await turn();
      }
      // Only then does the system have it, and it is known who is behind.
      await turn();
    }
    if (ends) for (const reader of readers) reader.end();
  }

  #send(reader: Reader, bytes: Buffer): boolean {
    const sent = reader.send(bytes);
    if (!sent) this.#counts.cut++;
    return sent;
  }

  async #beat(): Promise<void> {
    const bytes = Buffer.from(toHeartbeat(this.#mark));
    for (const reader of this.#heart.take()) {
      if (this.#readers.has(reader)) this.#send(reader, bytes);
      if (++this.#served % TURN === 0) await turn();
    }
  }

  async #welcome(joiners: Joiner[]): Promise<void> {
    for (const { reader, resolve } of joiners) {
      const greeting = await this.#greet(reader);
      if (this.#readers.has(reader)) {
        reader.send(Buffer.from(toRetry() + greeting));
        if (greeting === "") reader.end();
        else {
          this.#readers.add(reader);
          this.#heart.add(reader);
        }
      }
      resolve(null);
      // To find what somebody missed may take some milliseconds.
      if (reader.last !== null || ++this.#served % TURN === 0) await turn();
    }
  }

  /** What a reader hears first; "" where it has to come again, since its post is gone, or this process will be. */
  async #greet(reader: Reader): Promise<string> {
    const { post, last } = reader;
    // Only now is it certain that the reader would hear of its end.
    if (this.#closed || !(await this.#isThere(post))) return "";
    if (last === null) return toReady(this.#mark, post);
    const missed = await this.#findMissed(reader, last);
    if (missed !== null) return missed + toReady(this.#mark, post);
    this.#counts.reset++;
    return toReset(this.#mark, post);
  }

  /** Null where that is not known, or too much. */
  async #findMissed({ post, base }: Reader, last: string): Promise<string | null> {
    const { live, secret } = this.#store;
    const id = readMark(last);
    if (id === null || this.#position.id - id > MOST_BEHIND) return null;
    const known = await live.find(id);
    if (known === null || toMark(secret, known) !== last) return null;
    const events = await live.missed(post, id, this.#position.id, MOST_MISSED + 1);
    if (events.length > MOST_MISSED || events.some(({ type }) => type === "thread.changed")) return null;
    const text = (await this.#toFrames(post, events, base)).join("");
    return text.length > MOST_TEXT ? null : text;
  }

  async #isThere(post: number): Promise<boolean> {
    return (await this.#store.posts.head({ id: post }))?.id === post;
  }
}

/** The frames as bytes, with how many there are in each piece. */
function toPieces(frames: string[]): [Buffer, number][] {
  const pieces: [Buffer, number][] = [];
  let [text, count] = ["", 0];
  for (const frame of frames) {
    if (count > 0 && text.length + frame.length > PIECE) {
      pieces.push([Buffer.from(text), count]);
      [text, count] = ["", 0];
    }
    text += frame;
    count++;
  }
  return count > 0 ? [...pieces, [Buffer.from(text), count]] : pieces;
}
