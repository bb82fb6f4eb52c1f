import { keep, recall } from "@/embed/storage";
import { ApiError } from "@/lib/client/error";

/** How long to wait before each further try, in milliseconds. */
const PAUSES = [1000, 3000, 8000];

/** What was sent last without an answer, by names: the browser may have no room for it. */
const unanswered = new Map<string, Record<string, string>>();

/**
 * Sends something until an answer comes, or for good reason none. All tries with the same `body` carry one key, over a
 * reload of the page, too, so that the server takes it once, whichever answer was lost; and they go to the same `post`,
 * which may be called otherwise meanwhile. `onWait`: called before another try; `offline`: the browser knows of no
 * network, and it waits for one.
 */
export async function sendSurely<T>(
  name: string,
  body: string,
  post: string,
  send: (key: string, post: string) => Promise<T>,
  onWait: (offline: boolean) => void,
): Promise<T> {
  const before = unanswered.get(name) ?? recall(`key:${name}`);
  const { key = makeKey(), post: place = post } = before.body === body ? before : {};
  const sent = { body, key, post: place };
  unanswered.set(name, sent);
  keep(`key:${name}`, sent);
  for (let tries = 0; ; tries++) {
    try {
      const answer = await send(key, place);
      unanswered.delete(name);
      keep(`key:${name}`, null);
      return answer;
    } catch (error) {
      const pause = PAUSES[tries];
      const lost = error instanceof ApiError ? error.status >= 502 : error instanceof TypeError;
      if (!lost || pause === undefined) throw error;
      onWait(!navigator.onLine);
      await (navigator.onLine ? new Promise((resolve) => setTimeout(resolve, pause)) : online());
    }
  }
}

function online(): Promise<void> {
  return new Promise((resolve) => addEventListener("online", () => resolve(), { once: true }));
}

/** 128 random bits; not `randomUUID`, which browsers have on secure addresses only. */
function makeKey(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}
