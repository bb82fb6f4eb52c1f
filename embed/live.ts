import type { Discussion } from "@/embed/Discussion";
import { at } from "@/lib/client/address";

/** Readers of one thread ask for what has changed in it within so many milliseconds, not all at once. */
const SPREAD = 1500;

/** How long to wait at least, in milliseconds, where the server has refused, and how much longer some wait than others. */
const PAUSE = 60_000;

/**
 * Follows what happens in the thread while the element can be seen: a browser has few connections to spare. What is new
 * is announced; what has changed, changes. To be called again when the thread has got its post.
 */
export function follow(discussion: Discussion, host: Element): () => void {
  const { signal } = discussion;
  let stop: (() => void) | null = null;
  let visible = false;
  const decide = () => {
    const wanted = visible && !document.hidden && !signal.aborted && discussion.post > 0;
    if (wanted === (stop !== null)) return;
    stop?.();
    stop = wanted ? watch(discussion) : null;
  };
  const observer = new IntersectionObserver((entries) => {
    visible = entries.at(-1)?.isIntersecting ?? false;
    decide();
  });
  observer.observe(host);
  document.addEventListener("visibilitychange", decide, { signal });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    decide();
  });
  return decide;
}

/** Shows what the server tells of the thread, until the function that it returns is called. */
function watch(discussion: Discussion): () => void {
  const changed = new Set<number>();
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  const catchUp = async () => {
    const ids = [...changed];
    changed.clear();
    const seen = await discussion.refresh();
    for (const id of ids) if (!seen.includes(id) && discussion.find(id)) await discussion.update(id);
  };
  const acts: Record<string, (id: number) => void> = {
    "comment.deleted": (id) => discussion.drop(id),
    "comment.updated": (id) => changed.add(id),
    "comment.created": (id) => {
      if (discussion.find(id)) return;
      discussion.fresh.add(id);
      discussion.change();
    },
    ready: () => {},
    reset: () => {},
  };
  const open = () => {
    const stream = new EventSource(discussion.memory.server + at("comments", discussion.post, "events"));
    for (const [type, act] of Object.entries(acts))
      stream.addEventListener(type, ({ data }) => {
        act(JSON.parse(data).id);
        clearTimeout(waiting);
        waiting = setTimeout(() => catchUp().catch(() => undefined), Math.random() * SPREAD);
      });
    // It comes back by itself where it was cut, not where it was refused: there may be no room for another reader yet.
    stream.onerror = () => {
      if (stream.readyState !== EventSource.CLOSED) return;
      again = setTimeout(
        () => {
          source = open();
        },
        PAUSE * (1 + Math.random()),
      );
    };
    return stream;
  };
  let source = open();
  return () => {
    source.close();
    clearTimeout(waiting);
    clearTimeout(again);
  };
}
