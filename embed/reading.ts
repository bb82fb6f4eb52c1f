import type { Clicks } from "@/embed/acts";
import type { Discussion } from "@/embed/Discussion";
import { attempt, say } from "@/embed/news";

/** Lets a reader page, sort and find their way. */
export function reading(discussion: Discussion): Clicks {
  const { section, signal } = discussion;
  addEventListener("hashchange", () => goToNamed(discussion), { signal });
  return {
    sort: async ({ dataset }) => {
      await discussion.load({ sort: dataset.sort ?? "" });
      section.querySelector<HTMLElement>("[aria-current]")?.focus();
    },
    first: async () => {
      await discussion.load();
      section.querySelector("h2")?.focus();
    },
    next: (link) => discussion.append(link),
    more: (link) => discussion.append(link),
    show: (link) => reveal(discussion, link.hash),
  };
}

/** Shows the comment that the page's address names, if it does. */
export function goToNamed(discussion: Discussion): void {
  attempt(discussion, () => reveal(discussion, location.hash));
}

/** Shows the comment that an anchor names, wherever it is in the thread, and leads the reader to it. */
async function reveal(discussion: Discussion, anchor: string): Promise<void> {
  const { section, t } = discussion;
  const id = Number(/^#comment-(\d+)$/.exec(anchor)?.[1]);
  if (!id) return;
  if (!discussion.find(id)) await discussion.load({ at: String(id) });
  for (const marked of section.querySelectorAll(".marked")) marked.classList.remove("marked");
  const place = discussion.find(id);
  // It may be in another thread of the page.
  if (!place && document.querySelectorAll("antiphon-comments").length === 1) say(section, t("gone"));
  place?.classList.add("marked");
  place?.scrollIntoView();
  place?.focus({ preventScroll: true });
}
