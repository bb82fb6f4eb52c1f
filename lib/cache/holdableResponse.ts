import { type IncomingMessage, ServerResponse } from "node:http";
import type { Fields } from "@/lib/cache/entry";
import { ReadyResponse } from "@/lib/http/readyResponse";

/** An answer that was held back. */
export interface Held {
  status: number;
  fields: Fields;
  body: Buffer;
}

/** Whether an answer of this status and these fields is to be held back. */
type Wants = (status: number, fields: Fields) => boolean;

/** What is held back of an answer so far. */
interface Holding {
  wants: Wants;
  most: number;
  resolve: (held: Held | null) => void;
  giveUp: () => void;
  chunks: Buffer[];
  size: number;
  /** As they were at the first byte of the body, or the end, when it was decided. */
  fields: Fields | null;
  ended: boolean;
}

/**
 * An answer that can be held back, so that nothing of it has left when it is whole. It is a class, and not a change of
 * each answer that is held: to V8 each of those would be an object of a kind of its own.
 */
export class HoldableResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ReadyResponse<Request> {
  #holding: Holding | null = null;

  static {
    const { prototype } = ServerResponse;
    // To TypeScript they are fields, which no class may make accessors of.
    Object.defineProperties(HoldableResponse.prototype, {
      // Whoever fails after the first byte must see that it is too late to say so.
      headersSent: {
        configurable: true,
        get(this: HoldableResponse) {
          if (this.#holding === null) return Reflect.get(prototype, "headersSent", this);
          return this.#holding.fields !== null;
        },
      },
      writableEnded: {
        configurable: true,
        get(this: HoldableResponse) {
          return this.#holding?.ended ?? Reflect.get(prototype, "writableEnded", this);
        },
      },
    });
  }

  /**
   * Holds back what is written from now on. `wants` is asked once, at the first byte of the body or the end; what it does
   * not want, and what grows beyond `most` bytes, goes out as if nothing held it. Resolves with the answer, for the
   * caller to `release` and send: until then whoever answered finds it answered, and can't do so again. Or with null
   * where it went out by itself, or broke off.
   */
  hold(wants: Wants, most: number): Promise<Held | null> {
    return new Promise((resolve) => {
      const giveUp = () => {
        this.release();
        resolve(null);
      };
      this.#holding = { wants, most, resolve, giveUp, chunks: [], size: 0, fields: null, ended: false };
      this.once("close", giveUp);
    });
  }

  /** Gives the answer back, to be sent. */
  release(): void {
    if (this.#holding !== null) this.off("close", this.#holding.giveUp);
    this.#holding = null;
  }

  override writeHead(...args: unknown[]): this {
    const holding = this.#holding;
    if (holding === null) return Reflect.apply(super.writeHead, this, args);
    const [status, ...rest] = args;
    if (!holding.ended) {
      this.statusCode = Number(status);
      for (const part of rest) this.#setAll(part);
    }
    return this;
  }

  override flushHeaders(): void {
    if (this.#holding === null || this.#decide(this.#holding) === null) super.flushHeaders();
  }

  override write(...args: unknown[]): boolean {
    const holding = this.#holding;
    if (holding === null || this.#decide(holding) === null) return Reflect.apply(super.write, this, args);
    if (!holding.ended) this.#add(holding, args);
    return true;
  }

  override end(...args: unknown[]): this {
    const holding = this.#holding;
    const fields = holding && this.#decide(holding);
    if (holding === null || fields === null) return Reflect.apply(super.end, this, args);
    if (holding.ended) return this;
    this.#add(holding, args);
    if (this.#holding === null) return super.end();
    holding.ended = true;
    const [whole = Buffer.alloc(0), ...more] = holding.chunks;
    const body = more.length === 0 ? whole : Buffer.concat(holding.chunks);
    holding.resolve({ status: this.statusCode, fields, body });
    return this;
  }

  /** The fields of an answer that is held on to, else null. */
  #decide(holding: Holding): Fields | null {
    if (holding.fields !== null) return holding.fields;
    const fields = this.#fields();
    if (holding.wants(this.statusCode, fields)) holding.fields = fields;
    else holding.giveUp();
    return holding.fields;
  }

  /** Takes what `write` or `end` was given: bytes if any, their encoding if any, whom to call back. */
  #add(holding: Holding, [chunk, encoding, ...rest]: unknown[]): void {
    const done = [chunk, encoding, ...rest].find((one) => typeof one === "function");
    if (typeof done === "function") process.nextTick(() => Reflect.apply(done, undefined, []));
    if (chunk === undefined || chunk === null || chunk === done) return;
    const bytes = toBytes(chunk, encoding);
    holding.chunks.push(bytes);
    holding.size += bytes.length;
    if (holding.size <= holding.most) return;
    holding.giveUp();
    for (const one of holding.chunks) this.write(one);
  }

  #setAll(part: unknown): void {
    if (Array.isArray(part)) {
      for (let n = 0; n + 1 < part.length; n += 2) this.removeHeader(String(part[n]));
      for (let n = 0; n + 1 < part.length; n += 2) this.appendHeader(String(part[n]), part[n + 1]);
    } else if (typeof part === "object" && part !== null) {
      for (const [name, value] of Object.entries(part)) if (value !== undefined) this.setHeader(name, value);
    } else if (typeof part === "string") this.statusMessage = part;
  }

  #fields(): Fields {
    const fields: Fields = new Map();
    for (const [name, value] of Object.entries(this.getHeaders()))
      if (value !== undefined) fields.set(name, Array.isArray(value) ? value.join(", ") : String(value));
    return fields;
  }
}

function toBytes(chunk: unknown, encoding: unknown): Buffer {
  if (chunk instanceof Uint8Array) return Buffer.from(chunk);
  return Buffer.from(String(chunk), isEncoding(encoding) ? encoding : "utf8");
}

function isEncoding(value: unknown): value is BufferEncoding {
  return typeof value === "string" && Buffer.isEncoding(value);
}
