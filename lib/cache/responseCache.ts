import type { IncomingMessage } from "node:http";
import { fromCodedTags } from "@/lib/cache/codings";
import { Counters, type Hits } from "@/lib/cache/counters";
import type { Entry, Fields } from "@/lib/cache/entry";
import { FRAMING, lifetimeOf, OWN, toEntry } from "@/lib/cache/policy";
import { sendEntry } from "@/lib/cache/sendEntry";
import { Shelf } from "@/lib/cache/shelf";
import { readTarget } from "@/lib/cache/target";
import type { ApiRequest, ApiResponse, Listener } from "@/lib/http/messages";

/** What the cache asks of the server that it stands before. */
export interface Origin {
  /** What this server calls itself where answers do not depend on the host asked for, else null. */
  site: string | null;
  /** Whether the answer is written as it comes, however long it is: the cache stays out of its way. */
  isStream(req: IncomingMessage): boolean;
  /** A number that rises when anything was committed that a reader can see. May throw. */
  news(): number;
  /** Whether the answer of this ETag is still what `target` would be answered, as far as can be said at once. */
  isCurrent(target: string, tag: string): boolean;
  /** What an answer to this request carries beside what is kept. `began`: as `performance.now()` has it. */
  dress(req: IncomingMessage, began: number): Dress;
  /** Where the hits on an answer are counted that was just made for this request. */
  hitsOf(req: IncomingMessage): Hits;
}

/** What belongs to one answer only. */
export interface Dress {
  /** Fields as they are sent (`toLines`). */
  lines: string;
  /** Hears that the answer is out. */
  done(status: number): void;
}

/** A request that the cache may answer. `news`: what they were when it came. */
interface Asked {
  req: ApiRequest;
  res: ApiResponse;
  key: string;
  news: number;
  began: number;
}

/**
 * A shared HTTP cache (RFC 9111) before `next`. It keeps what a handler declared `public`, for requests that do not say
 * who asks. It is exact: no answer is older than the origin's news at the time of its request. Of those who ask at once
 * for what has yet to be made, one has it made and the others wait.
 */
export class ResponseCache {
  readonly counters = new Counters();
  readonly #origin: Origin;
  readonly #next: Listener;
  readonly #shelf: Shelf;
  readonly #longest: number;
  readonly #flights = new Map<string, Flight>();

  /** `bytes`: how much it keeps; 0: nothing. */
  constructor(origin: Origin, bytes: number, next: Listener) {
    this.#origin = origin;
    this.#next = next;
    this.#shelf = new Shelf(bytes);
    this.#longest = Math.min(2 ** 20, bytes / 8);
  }

  /** What is kept now. */
  get held(): Shelf["held"] {
    return this.#shelf.held;
  }

  readonly answer: Listener = (req, res) => {
    stripCodings(req);
    const began = performance.now();
    const key = this.#longest > 0 ? readTarget(req, this.#origin.site) : null;
    const news = key === null ? null : this.#readNews();
    if (key === null || news === null) return this.#pass(req, res);
    const asked: Asked = { req, res, key, news, began };
    const entry = this.#shelf.find(key, req.headers);
    if (entry && this.#isFresh(asked, entry)) {
      this.counters.hits++;
      this.#serve(asked, entry, "hit", this.#origin.dress(req, began));
      return;
    }
    if (this.#origin.isStream(req)) return this.#pass(req, res);
    void this.#fetch(asked, entry);
  };

  /** Where even the news can't be told, the handler says what is wrong. */
  #readNews(): number | null {
    try {
      return this.#origin.news();
    } catch {
      return null;
    }
  }

  #isFresh({ req, news }: Asked, entry: Entry): boolean {
    if (entry.news === news) return true;
    const { "cache-control": wish, pragma } = req.headers;
    if (entry.freshUntil > Date.now() && wish === undefined && pragma === undefined) return true;
    try {
      if (entry.tag === undefined || !this.#origin.isCurrent(req.url ?? "", entry.tag)) return false;
    } catch {
      return false;
    }
    entry.news = news;
    return true;
  }

  /** Waits for somebody else's request for the same, or makes one. */
  async #fetch(asked: Asked, stale: Entry | undefined): Promise<void> {
    const { req, res, key, news, began } = asked;
    const name = `${key}\n${req.headers.accept ?? ""}`;
    const flight = this.#flights.get(name);
    if (flight?.news !== news) return this.#make(asked, stale, name);
    const brokeOff = await flight.done;
    if (res.destroyed) return;
    const entry = this.#shelf.find(key, req.headers);
    if (entry !== undefined && entry.news >= news) {
      this.counters.collapsed++;
      this.#serve(asked, entry, "hit; collapsed", this.#origin.dress(req, began));
    } else if (brokeOff) {
      // One of those who waited takes its place; the others wait for that one.
      await this.#fetch(asked, stale);
    } else this.#pass(req, res);
  }

  /** Has the handler answer, and keeps that. A stale entry is asked for with its ETag (RFC 9111 §4.3). */
  async #make(asked: Asked, stale: Entry | undefined, name: string): Promise<void> {
    const { req, res, key, news } = asked;
    const flight = takeOff(news);
    this.#flights.set(name, flight);
    const restore = askForAll(req, stale?.tag);
    let lifetime: number | null = null;
    const wants = (status: number, fields: Fields) => {
      lifetime = lifetimeOf(req, status, fields);
      return lifetime !== null || (status === 304 && stale !== undefined);
    };
    const answer = res.hold(wants, this.#longest).finally(restore);
    this.#next(req, res);
    const held = await answer;
    for (const field of held?.fields.keys() ?? [])
      if (!OWN.test(field) || FRAMING.test(field)) res.removeHeader(field);
    if (held === null) this.counters.passed++;
    else if (held.status === 304 && stale) {
      stale.news = Math.max(stale.news, news);
      this.counters.revalidated++;
      this.#serve(asked, stale, "fwd=stale; fwd-status=304");
    } else {
      const entry = toEntry(held, news, lifetime ?? 0, this.#origin.hitsOf(req));
      this.#shelf.put(key, req.headers, held.fields.get("vary"), entry);
      this.counters.misses++;
      this.#serve(asked, entry, "fwd=miss; stored");
    }
    if (this.#flights.get(name) === flight) this.#flights.delete(name);
    flight.land(held === null && res.destroyed);
  }

  /** `dress`: where no handler has set its fields already. */
  #serve({ req, res, key }: Asked, entry: Entry, status: string, dress?: Dress): void {
    const age = dress === undefined || entry.age === null ? "" : `Age: ${entry.age}\r\n`;
    const more = `${dress?.lines ?? ""}${age}Cache-Status: Antiphon; ${status}\r\n`;
    const made = sendEntry(req, res, entry, more);
    if (made === undefined) tell(req, res, entry, dress);
    else
      void made.then(() => {
        tell(req, res, entry, dress);
        this.#shelf.weigh(key);
      });
  }

  #pass(req: ApiRequest, res: ApiResponse): void {
    this.counters.passed++;
    this.#next(req, res);
  }
}

/** Says that a hit is out; what a handler answered is told by whoever called that. */
function tell(req: ApiRequest, res: ApiResponse, entry: Entry, dress: Dress | undefined): void {
  if (dress === undefined) return;
  entry.hits.add(req.method, res.statusCode);
  dress.done(res.statusCode);
}

/** An answer that is being made, for others to wait for. `news`: what they were when that began. */
interface Flight {
  news: number;
  /** Whether it broke off, so that nothing is known of the answer. */
  done: Promise<boolean>;
  land: (brokeOff: boolean) => void;
}

function takeOff(news: number): Flight {
  let land: Flight["land"] = () => {};
  const done = new Promise<boolean>((resolve) => {
    land = resolve;
  });
  return { news, done, land };
}

/**
 * Has the handler answer with a body, unless what is kept is still so: whether the caller has it already, and wants a
 * body at all, is looked at when it is kept. Where nothing is kept the caller's own condition stays, as the answer may be
 * one that never is. Returns what puts the caller's own request back.
 */
function askForAll(req: IncomingMessage, tag: string | undefined): () => void {
  const { method, headers } = req;
  const { "if-none-match": tags, "if-modified-since": since } = headers;
  req.method = "GET";
  if (tag !== undefined) {
    headers["if-none-match"] = tag;
    delete headers["if-modified-since"];
  }
  return () => {
    req.method = method;
    if (tags === undefined) delete headers["if-none-match"];
    else headers["if-none-match"] = tags;
    if (since !== undefined) headers["if-modified-since"] = since;
  };
}

/** No handler knows of codings: their ETags are those of the plain bodies. */
function stripCodings({ headers }: IncomingMessage): void {
  for (const name of ["if-match", "if-none-match"] as const) {
    const field = headers[name];
    if (field !== undefined) headers[name] = fromCodedTags(field);
  }
}
