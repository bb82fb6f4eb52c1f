import type { Discussion } from "@/embed/Discussion";

/** Readers of one thread ask for what has changed in it within so many milliseconds, not all at once. */
const SPREAD = 1500;

/**
 * Follows what happens in the thread while the element can be seen: a browser has few connections to spare. What is new
 * is announced; what has changed, changes. To be called again when the thread has got its post.
 */
export function follow(discussion: Discussion, host: Element): () => void {
  const { signal } = discussion;
  let watching: AbortController | null = null;
  let visible = false;
  const decide = () => {
    const wanted = visible && !document.hidden && !signal.aborted && discussion.post > 0;
    if (wanted === (watching !== null)) return;
    watching?.abort();
    watching = wanted ? new AbortController() : null;
    // What does not get better by itself ends it: the thread is gone, or the server has no room for more streams.
    if (watching) watch(discussion, watching.signal).catch(() => undefined);
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

async function watch(discussion: Discussion, signal: AbortSignal): Promise<void> {
  const changed = new Set<number>();
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const catchUp = async () => {
    const ids = [...changed];
    changed.clear();
    const seen = await discussion.refresh();
    for (const id of ids) if (!seen.includes(id) && discussion.find(id)) await discussion.update(id);
  };
  signal.addEventListener("abort", () => clearTimeout(waiting));
  for await (const event of discussion.api.events(discussion.post, { signal })) {
    if (signal.aborted) return;
    if (event.type === "comment.deleted") discussion.drop(event.data.id);
    if (event.type === "comment.updated") changed.add(event.data.id);
    if (event.type === "comment.created" && !discussion.find(event.data.id)) {
      discussion.fresh.add(event.data.id);
      discussion.change();
    }
    clearTimeout(waiting);
    waiting = setTimeout(() => catchUp().catch(() => undefined), Math.random() * SPREAD);
  }
}
