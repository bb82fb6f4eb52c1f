import type { ServerResponse } from "node:http";
import type { Fields } from "@/lib/cache/entry";

/** An answer that was held back. */
export interface Held {
  status: number;
  fields: Fields;
  body: Buffer;
  /** Gives `res` back, to be sent. Until then whoever answered finds it answered, and can't do so again. */
  release: () => void;
}

type Method = "writeHead" | "write" | "end" | "flushHeaders";

const HELD = ["writeHead", "write", "end", "flushHeaders", "headersSent", "writableEnded"] as const;

/**
 * Holds back what is written to `res`, so that nothing of it has left when it is whole. `wants` is asked once, at the
 * first byte of the body or the end; what it does not want, and what grows beyond `most` bytes, goes out as if nothing
 * held it. Resolves with the answer, for the caller to send; or with null where it went out by itself, or broke off.
 */
export function hold(
  res: ServerResponse,
  wants: (status: number, fields: Fields) => boolean,
  most: number,
): Promise<Held | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let decided = false;

    const release = () => {
      for (const name of HELD) Reflect.deleteProperty(res, name);
      res.off("close", giveUp);
    };
    const giveUp = () => {
      release();
      resolve(null);
    };
    const letGo = () => {
      giveUp();
      for (const chunk of chunks) res.write(chunk);
    };
    /** Whether the answer is held on to. */
    const decide = () => {
      if (decided) return true;
      decided = wants(res.statusCode, toFields(res));
      if (!decided) giveUp();
      return decided;
    };
    /** Takes what `write` or `end` was given: bytes if any, their encoding if any, whom to call back. */
    const add = ([chunk, encoding, ...rest]: unknown[]) => {
      const done = [chunk, encoding, ...rest].find((one) => typeof one === "function");
      if (typeof done === "function") process.nextTick(() => Reflect.apply(done, undefined, []));
      if (chunk === undefined || chunk === null || chunk === done) return;
      const bytes = toBytes(chunk, encoding);
      chunks.push(bytes);
      size += bytes.length;
    };

    define(res, "writeHead", (status: number, ...rest: unknown[]) => {
      res.statusCode = status;
      for (const part of rest) setAll(res, part);
      return res;
    });
    define(res, "flushHeaders", () => {
      if (!decide()) res.flushHeaders();
    });
    define(res, "write", (...args: unknown[]) => {
      if (!decide()) return Reflect.apply(res.write, res, args);
      add(args);
      if (size > most) letGo();
      return true;
    });
    define(res, "end", (...args: unknown[]) => {
      if (!decide()) return Reflect.apply(res.end, res, args);
      add(args);
      if (size > most) {
        letGo();
        return res.end();
      }
      resolve({ status: res.statusCode, fields: toFields(res), body: Buffer.concat(chunks), release });
      Object.defineProperty(res, "writableEnded", { configurable: true, value: true });
      for (const name of ["writeHead", "write", "end", "flushHeaders"] as const) define(res, name, () => res);
      return res;
    });
    // Whoever fails after the first byte must see that it is too late to say so.
    Object.defineProperty(res, "headersSent", { configurable: true, get: () => decided });
    res.once("close", giveUp);
  });
}

function define(res: ServerResponse, name: Method, value: (...args: never[]) => unknown): void {
  Object.defineProperty(res, name, { configurable: true, writable: true, value });
}

function setAll(res: ServerResponse, part: unknown): void {
  if (Array.isArray(part)) {
    for (let n = 0; n + 1 < part.length; n += 2) res.removeHeader(String(part[n]));
    for (let n = 0; n + 1 < part.length; n += 2) res.appendHeader(String(part[n]), part[n + 1]);
  } else if (typeof part === "object" && part !== null) {
    for (const [name, value] of Object.entries(part)) if (value !== undefined) res.setHeader(name, value);
  } else if (typeof part === "string") res.statusMessage = part;
}

function toFields(res: ServerResponse): Fields {
  const fields: Fields = new Map();
  for (const [name, value] of Object.entries(res.getHeaders()))
    if (value !== undefined) fields.set(name, [value].flat().join(", "));
  return fields;
}

function toBytes(chunk: unknown, encoding: unknown): Buffer {
  if (chunk instanceof Uint8Array) return Buffer.from(chunk);
  return Buffer.from(String(chunk), isEncoding(encoding) ? encoding : "utf8");
}

function isEncoding(value: unknown): value is BufferEncoding {
  return typeof value === "string" && Buffer.isEncoding(value);
}
