import { toQuery } from "@/lib/client/address";
import type { Answer, Caller, CallOptions } from "@/lib/client/call";
import { ApiError } from "@/lib/client/error";
import type { commentAnswer } from "@/lib/schemas/comments";

type Comment = Answer<typeof commentAnswer>;

/**
 * What happens in a thread. `ready`: told of all up to here, and of what comes. `reset`: what came before is not known;
 * read the thread anew. `id`: for `WatchOptions.last`.
 */
type ThreadEvent = { id: string } & (
  | { type: "comment.created" | "comment.updated"; data: Comment }
  | { type: "comment.deleted"; data: Pick<Comment, "id" | "post"> }
  | { type: "ready" | "reset"; data: Pick<Comment, "post"> }
);

export interface WatchOptions extends CallOptions {
  /** The id of the last event that was seen, of an earlier watch. */
  last?: string;
}

/** How long to wait before coming back, in milliseconds, until the server says; and the longest, where it can't be reached. */
const [WAIT, LONGEST] = [3000, 60_000];

/** Comes back by itself when it is cut, and goes on where it was. Ends with the signal; throws what will not get better. */
export async function* watch(
  { raw }: Pick<Caller, "raw">,
  path: string,
  options: WatchOptions = {},
): AsyncGenerator<ThreadEvent, void> {
  const { signal } = options;
  let [last, wait, failures] = [options.last, WAIT, 0];
  while (!signal?.aborted) {
    try {
      const query = toQuery({ lastEventId: last });
      const answer = await raw("GET", path + query, undefined, options, "text/event-stream");
      failures = 0;
      for await (const { id, retry, event, data } of read(answer)) {
        if (retry) wait = Number(retry);
        last = id ?? last;
        if (data) yield { id: last ?? "", type: event, ...JSON.parse(`{"data":${data}}`) };
      }
    } catch (error) {
      if (error instanceof ApiError && error.status < 500 && error.status !== 429) throw error;
      const asked = error instanceof ApiError ? (error.retryAfter ?? 0) * 1000 : 0;
      wait = Math.max(asked, Math.min(LONGEST, WAIT * 2 ** failures++));
    }
    await pause(wait, signal);
  }
}

/** The fields of each event, the last of each name. */
async function* read({ body }: Response): AsyncGenerator<Record<string, string>, void> {
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      const blocks = (rest + part.value).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks)
        yield Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s, 2)));
    }
  } finally {
    reader?.cancel().catch(() => {});
  }
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, signal?.aborted ? 0 : milliseconds);
    signal?.addEventListener("abort", end);
  });
}
