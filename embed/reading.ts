import type { Discussion } from "@/embed/Discussion";
import { attempt, say } from "@/embed/news";

/** Lets a reader page, sort and find their way. */
export function attachReading(discussion: Discussion): void {
  const { section, signal } = discussion;
  const acts: Record<string, (link: HTMLAnchorElement) => Promise<void>> = {
    sort: async ({ dataset }) => {
      await discussion.load({ sort: dataset.sort ?? "oldest" });
      section.querySelector<HTMLElement>("[aria-current]")?.focus();
    },
    first: async () => {
      await discussion.load();
      section.querySelector("h2")?.focus();
    },
    next: (link) => discussion.append(link),
    more: (link) => discussion.append(link),
    show: (link) => reveal(discussion, Number(/\d+$/.exec(link.hash))),
  };
  section.addEventListener(
    "click",
    (event) => {
      const link = linkOf(event);
      const act = acts[link?.dataset.act ?? ""];
      if (!link || !act) return;
      event.preventDefault();
      attempt(discussion, () => act(link));
    },
    { signal },
  );
  addEventListener("hashchange", () => attempt(discussion, () => goToNamed(discussion)), { signal });
}

/** Shows the comment that the page's address names, if it does. */
export async function goToNamed(discussion: Discussion): Promise<void> {
  const [, id] = /^#comment-(\d+)$/.exec(location.hash) ?? [];
  if (id) await reveal(discussion, Number(id));
}

/** The link with an act that a plain click follows; null where it asks for a new tab or window, or is none. */
export function linkOf(event: MouseEvent): HTMLAnchorElement | null {
  const { target, ctrlKey, metaKey, shiftKey, altKey } = event;
  if (ctrlKey || metaKey || shiftKey || altKey) return null;
  return target instanceof Element ? target.closest<HTMLAnchorElement>("a[data-act]") : null;
}

/** Shows a comment, wherever it is in the thread, and leads the reader to it. */
async function reveal(discussion: Discussion, id: number): Promise<void> {
  const { section, t } = discussion;
  if (!discussion.find(id)) await discussion.load({ at: String(id) });
  for (const marked of section.querySelectorAll(".marked")) marked.classList.remove("marked");
  const place = discussion.find(id);
  if (!place) return say(section, t("gone"));
  place.classList.add("marked");
  place.scrollIntoView();
  place.focus({ preventScroll: true });
}
