import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import { createGzip, type Gzip } from "node:zlib";
import Negotiator from "negotiator";
import type { NextApiRequest, NextApiResponse } from "next";

type Out = Gzip | ServerResponse;

/**
 * Answers 200 with what comes piece by piece, of which only one is held: the next is asked for when the reader has taken
 * the last, and none any more once they have gone. What throws before the first piece is answered as ever; after it the
 * connection breaks off, which tells the reader that this was not all. `gzip`: packed for who accepts that.
 */
export async function sendPieces(
  req: NextApiRequest,
  res: NextApiResponse,
  pieces: AsyncIterable<string>,
  { gzip = false }: { gzip?: boolean } = {},
): Promise<void> {
  res.statusCode = 200;
  const packs = gzip && acceptsGzip(req, res);
  if (req.method === "HEAD") return void res.end();
  let packer: Gzip | null = null;
  try {
    for await (const piece of pieces) {
      if (!res.headersSent) {
        res.flushHeaders();
        if (packs) packer = packInto(res);
      }
      if (res.destroyed) break;
      if (!(packer ?? res).write(piece)) await drained(packer ?? res, res);
      // Others want answers, too, however fast this reader is.
      await turn();
    }
    (packer ?? res).end();
  } catch (error) {
    packer?.destroy();
    throw error;
  } finally {
    if (res.destroyed) packer?.destroy();
  }
}

function acceptsGzip(req: NextApiRequest, res: NextApiResponse): boolean {
  res.appendHeader("Vary", "Accept-Encoding");
  const packs = new Negotiator(req).encoding(["gzip", "identity"]) === "gzip";
  if (packs) res.setHeader("Content-Encoding", "gzip");
  return packs;
}

/** Fast rather than small: it is made while somebody waits. */
function packInto(res: NextApiResponse): Gzip {
  const packer = createGzip({ level: 3 });
  packer.once("error", () => res.destroy());
  packer.pipe(res);
  return packer;
}

/** Until the reader has caught up, or has gone. */
async function drained(out: Out, res: NextApiResponse): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  const events = [once(out, "drain", { signal }), once(res, "close", { signal })];
  try {
    if (!res.destroyed) await Promise.race(events);
  } finally {
    over.abort();
    await Promise.allSettled(events);
  }
}
