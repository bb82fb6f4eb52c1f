import { attachComposer } from "@/embed/composing";
import type { Discussion } from "@/embed/Discussion";
import { edit } from "@/embed/editing";
import { attempt } from "@/embed/news";
import { linkOf } from "@/embed/reading";
import { report } from "@/embed/reporting";
import { showVotes, vote } from "@/embed/voting";

/** Lets a reader write, edit, vote and report. `decorate` marks what the server can't know: what is the reader's own. */
export function attachForms(discussion: Discussion): { decorate: () => void } {
  const { section, memory, signal, t } = discussion;
  const composer = attachComposer(discussion);
  section.addEventListener(
    "click",
    (event) => {
      const link = linkOf(event);
      const article = link?.closest<HTMLElement>(".comment");
      const id = Number(article?.id.slice(8));
      const acts: Record<string, () => Promise<void>> = {
        reply: async () => composer.replyTo(id, article?.querySelector("strong")?.textContent ?? ""),
        edit: () => edit(discussion, id),
        report: () => report(discussion, id),
      };
      const act = acts[link?.dataset.act ?? ""];
      if (!act || !article) return;
      event.preventDefault();
      attempt(discussion, act);
    },
    { signal },
  );
  section.addEventListener(
    "submit",
    (event) => {
      const { target, submitter } = event;
      if (!(target instanceof HTMLFormElement) || target.dataset.act !== "vote") return;
      event.preventDefault();
      if (submitter instanceof HTMLButtonElement)
        attempt(discussion, () => vote(discussion, target, submitter));
    },
    { signal },
  );
  const decorate = () => {
    for (const article of section.querySelectorAll<HTMLElement>(".comment:not(.tombstone)")) {
      const form = article.querySelector<HTMLFormElement>(".votes");
      if (form) showVotes(discussion, form);
      decorateOwn(article);
    }
  };
  const decorateOwn = (article: HTMLElement) => {
    const until = memory.rightTo(Number(article.id.slice(8)))?.until;
    const actions = article.querySelector(".actions");
    const own = actions?.querySelector(".own");
    if (!until) own?.remove();
    if (!until || own || !actions) return;
    for (const other of actions.querySelectorAll("form, [data-act=report]")) other.remove();
    const added = document.createElement("span");
    const link = document.createElement("a");
    const left = document.createElement("small");
    added.className = "own";
    link.href = "#respond";
    link.dataset.act = "edit";
    link.textContent = t("edit");
    left.dataset.until = until;
    added.append(link, " ", left);
    actions.append(added);
  };
  return { decorate };
}
