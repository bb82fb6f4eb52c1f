import type { IncomingMessage, ServerResponse } from "node:http";

/** How long a body may take to arrive, in milliseconds: 10 MiB over a slow line, and everything else. */
export const UPLOAD_PATIENCE = 300_000;
const PATIENCE = 30_000;
/** How long a body that was not waited for may go on once its answer is out. */
const LINGER = 5000;
/** The most bodies on their way at once: of 64 KiB each, 128 MiB of memory. */
const MOST = 2000;
/** The same of signed messages, of 1 MiB each. */
export const MOST_MESSAGES = 128;
/** What has not arrived after this long gives way to others where there are too many. */
const BRIEF = 5000;

export function isUpload({ method, url }: IncomingMessage): boolean {
  return method === "POST" && /^\/api\/files\/?(?:\?|$)/.test(url ?? "");
}

/** Whether it brings a signed message, which may be longer than other bodies. */
export function isMessage({ method, url }: IncomingMessage): boolean {
  return method === "POST" && /^\/api\/hooks\/posts\/?(?:\?|$)/.test(url ?? "");
}

/** Whether anything follows the head of a request (RFC 9112 §6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  if (headers["transfer-encoding"] !== undefined) return true;
  const length = headers["content-length"];
  return length !== undefined && length !== "0";
}

/**
 * Watches over the bodies that are on their way to a server. Node has one deadline for all of them; this calls `cut`
 * on those that may not take as long as an upload, and on the slowest where there are too many at once.
 */
export class Bodies {
  /** The oldest first. Those that have come are taken out when the room is needed. */
  readonly #arriving = new Map<IncomingMessage, number>();
  readonly #cut: (req: IncomingMessage) => void;
  readonly #most: number;

  constructor(cut: (req: IncomingMessage) => void, most = MOST) {
    this.#cut = cut;
    this.#most = most;
  }

  /** False where there is no room for another. */
  admit(req: IncomingMessage, res: ServerResponse): boolean {
    if (this.#arriving.size >= this.#most && !this.#makeRoom()) return false;
    this.#arriving.set(req, performance.now());
    req.once("close", () => this.#arriving.delete(req));
    const cutIn = (milliseconds: number, cut: () => void) => {
      const timer = setTimeout(() => req.complete || cut(), milliseconds).unref();
      req.once("close", () => clearTimeout(timer));
    };
    if (!isUpload(req)) cutIn(PATIENCE, () => this.#cut(req));
    res.once("finish", () => req.complete || cutIn(LINGER, () => req.socket.destroy()));
    return true;
  }

  #makeRoom(): boolean {
    for (const req of this.#arriving.keys()) if (req.complete) this.#arriving.delete(req);
    if (this.#arriving.size < this.#most) return true;
    const [oldest] = this.#arriving;
    if (!oldest || performance.now() - oldest[1] < BRIEF) return false;
    this.#arriving.delete(oldest[0]);
    this.#cut(oldest[0]);
    return true;
  }
}
