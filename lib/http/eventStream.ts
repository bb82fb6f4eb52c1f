import type { OutgoingMessage } from "node:http";
import type { NextApiRequest, NextApiResponse } from "next";
import { addressOf, networkOf } from "@/lib/http/address";
import { baseOf } from "@/lib/http/auth";
import type { Reader, Refusal } from "@/lib/live/readers";
import { Problem, type ProblemCode } from "@/lib/problems";
import { hub } from "@/lib/store";

const TYPE = "text/event-stream";

const HEADERS = {
  "Content-Type": TYPE,
  // Nobody may keep it, or hold it back to compress it.
  "Cache-Control": "private, no-store, no-transform",
  "X-Accel-Buffering": "no",
  // Its end is the connection's: so an event is the same bytes for all, and one write each.
  Connection: "close",
};

/** How much may wait for a slow reader, in bytes, until it is cut. */
const MOST_UNREAD = 64 * 1024;

const REFUSALS: Record<Refusal, () => Problem> = {
  all: () => full("overloaded", "Too many streams of events are open; try again later", 30),
  network: () => full("rate_limited", "Too many streams of events from your network are open", 60),
};

/** Whether the answer is a stream of events, which lasts as long as somebody watches. */
export function isEventStream(res: Pick<OutgoingMessage, "getHeader">): boolean {
  return res.getHeader("Content-Type") === TYPE;
}

/**
 * Answers what happens in the post's thread, as it happens. `last`: the id of the last event that the caller had, null
 * for one who comes for the first time. Throws 429 and 503 where there is no room.
 */
export async function answerEvents(
  req: NextApiRequest,
  res: NextApiResponse,
  post: number,
  last: string | null,
): Promise<void> {
  if (req.method === "HEAD") return void begin(res).end();
  const told = await hub();
  // Who has gone meanwhile is not heard to go any more.
  if (res.destroyed || res.closed) return;
  const reader = new Watcher(req, res, post, last);
  res.once("close", () => told.leave(reader));
  const refusal = await told.join(reader);
  if (refusal !== null) throw REFUSALS[refusal]();
}

function full(code: ProblemCode, error: string, retryAfter: number): Problem {
  return new Problem(code, { error, headers: { "Retry-After": retryAfter } });
}

function begin(res: NextApiResponse): NextApiResponse {
  res.removeHeader("Transfer-Encoding");
  return res.writeHead(200, HEADERS);
}

/** An answer that goes on. */
class Watcher implements Reader {
  readonly post: number;
  readonly base: string;
  readonly network: string;
  readonly last: string | null;
  readonly #res: NextApiResponse;

  constructor(req: NextApiRequest, res: NextApiResponse, post: number, last: string | null) {
    this.post = post;
    this.base = baseOf(req);
    this.network = networkOf(addressOf(req));
    this.last = last;
    this.#res = res;
  }

  send(bytes: Buffer): boolean {
    const res = this.#res;
    const { socket } = res;
    if (res.destroyed || res.writableEnded || socket?.writable === false) return true;
    if ((socket ?? res).writableLength > MOST_UNREAD) {
      res.destroy();
      return false;
    }
    if (!res.headersSent) begin(res).write(bytes);
    // The same bytes as by the answer, at half of what that costs beside the system call. One that waits for the answer
    // to a request before it, on the same connection, has no socket yet.
    else (socket ?? res).write(bytes);
    return true;
  }

  end(): void {
    this.#res.end();
  }
}
