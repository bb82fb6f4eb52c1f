import { type Coding, encode, isCompressible, toCodedTag } from "@/lib/cache/codings";
import type { Hits } from "@/lib/cache/counters";
import { toLines } from "@/lib/http/readyResponse";

/** The fields of an answer by their names in lower case. */
export type Fields = Map<string, string>;

/** A whole answer as its handler made it, without what belongs to one request only. */
export interface Answer {
  fields: Fields;
  body: Buffer;
}

/** The answer in one coding, ready to be sent. `whole`: its fields as they are sent, `unchanged`: those of a 304. */
export interface Form {
  whole: string;
  unchanged: string;
  body: Buffer;
}

/** What a 304 says again (RFC 9110 §15.4.5, and what no answer is without); whoever is told has the rest. */
const AGAIN = new Set([
  "Cache-Control",
  "Content-Location",
  "ETag",
  "Expires",
  "Last-Modified",
  "Vary",
  "X-Content-Type-Options",
]);
/** What an entry takes beside its bodies, roughly, and each of its forms does. */
const OVERHEAD = { entry: 1024, form: 1536 };

/** A kept answer in all codings; the coded ones are made when they are first asked for, once. */
export class Entry {
  readonly tag: string | undefined;
  readonly lastModified: string | undefined;
  readonly plain: Form;
  readonly #made = Date.now();
  readonly #answer: Answer;
  readonly #compressible: boolean;
  readonly #coded = new Map<Coding, Form>();
  readonly #pending = new Map<Coding, Promise<Form>>();

  /**
   * `news`: what the origin said before the answer was made. `freshUntil`: up to when it needs no asking, in
   * milliseconds since 1970. `hits`: where to count how often it is given out.
   */
  constructor(
    answer: Answer,
    public news: number,
    readonly freshUntil: number,
    readonly hits: Hits,
  ) {
    this.#answer = answer;
    const { fields, body } = answer;
    this.tag = fields.get("etag");
    this.lastModified = fields.get("last-modified");
    this.#compressible =
      !fields.has("content-encoding") && isCompressible(fields.get("content-type") ?? "", body.length);
    this.plain = this.#toForm("identity", body);
  }

  /** In bytes. */
  get size(): number {
    let sum = OVERHEAD.entry;
    for (const { body } of [this.plain, ...this.#coded.values()]) sum += OVERHEAD.form + body.length;
    return sum;
  }

  /** For how many seconds it has been kept, where it is given out without asking: what `Age` says (RFC 9111 §5.1). */
  get age(): number | null {
    return this.freshUntil > this.#made ? Math.floor((Date.now() - this.#made) / 1000) : null;
  }

  /** The form of this coding, the plain one where coding is no use; null while it has yet to be made. */
  find(coding: Coding): Form | null {
    if (coding === "identity" || !this.#compressible) return this.plain;
    return this.#coded.get(coding) ?? null;
  }

  /** Makes the form of this coding, once, however many ask. */
  make(coding: Exclude<Coding, "identity">): Promise<Form> {
    const running = this.#pending.get(coding) ?? this.#encode(coding);
    this.#pending.set(coding, running);
    return running;
  }

  async #encode(coding: Exclude<Coding, "identity">): Promise<Form> {
    const body = await encode(this.plain.body, coding);
    const form = body.length < this.plain.body.length ? this.#toForm(coding, body) : this.plain;
    this.#coded.set(coding, form);
    this.#pending.delete(coding);
    return form;
  }

  #toForm(coding: Coding, body: Buffer): Form {
    const fields = new Map(this.#answer.fields);
    const tag = this.tag && toCodedTag(this.tag, coding);
    if (tag) fields.set("etag", tag);
    if (coding !== "identity") fields.set("content-encoding", coding);
    if (this.#compressible) fields.set("vary", withAcceptEncoding(fields.get("vary")));
    fields.set("content-length", String(body.length));
    const written = [...fields].map(([name, value]) => [toWritten(name), value]);
    const again = written.filter(([name = ""]) => AGAIN.has(name));
    return { body, whole: toText(written), unchanged: toText(again) };
  }
}

/** Through bytes: V8 would put what was joined together anew for each answer. */
function toText(fields: string[][]): string {
  return Buffer.from(toLines(fields.flat()), "latin1").toString("latin1");
}

/** The name as documents write it, since the one that the handler wrote is not told. */
function toWritten(name: string): string {
  return name === "etag" ? "ETag" : name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

function withAcceptEncoding(vary: string | undefined): string {
  if (!vary?.trim()) return "Accept-Encoding";
  return /\baccept-encoding\b/i.test(vary) ? vary : `${vary}, Accept-Encoding`;
}
