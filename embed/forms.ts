import { attachActs, idOf, type Submits } from "@/embed/acts";
import { attachComposer } from "@/embed/composing";
import type { Discussion } from "@/embed/Discussion";
import { make, makeLink } from "@/embed/make";
import { say } from "@/embed/news";
import { closeForm, openForm } from "@/embed/opening";
import { reading } from "@/embed/reading";
import { showVotes, vote } from "@/embed/voting";

/** Lets a reader read, write, edit, vote and report. The function that it returns marks what is the reader's own. */
export function attachForms(discussion: Discussion): () => void {
  const { section } = discussion;
  const composer = attachComposer(discussion);
  const open = (link: HTMLAnchorElement) => openForm(discussion, link);
  const clicks = {
    ...reading(discussion),
    reply: (link: HTMLAnchorElement) => (composer ? composer.reply(link) : location.assign(link.href)),
    edit: open,
    report: open,
    cancel: (link: HTMLAnchorElement) => {
      const form = link.closest(".opened");
      if (form) closeForm(discussion, form);
      else if (composer) composer.cancel();
      else location.assign(link.href);
    },
  };
  attachActs(discussion, clicks, {
    ...(composer && { send: composer.send }),
    vote: (form, by) => vote(discussion, form, by),
    ...opened(discussion),
  });
  return () => {
    composer?.settle();
    for (const form of section.querySelectorAll<HTMLFormElement>(".votes")) showVotes(discussion, form);
    for (const actions of section.querySelectorAll<HTMLElement>(".actions")) markOwn(actions, discussion);
  };
}

/** What sending the forms does that were opened below a comment. */
function opened(discussion: Discussion): Submits {
  const { api, memory, section, t, signal } = discussion;
  /** Sends one with what proves whose comment it is, and closes it. */
  const as =
    (
      work: (id: number, fields: FormData, right: { signal: AbortSignal; token?: string }) => Promise<string>,
    ) =>
    async (form: HTMLFormElement) => {
      const id = idOf(form);
      const token = memory.rightTo(id)?.token;
      const said = await work(id, new FormData(form), { signal, ...(token && { token }) });
      const respond = form.closest(".respond");
      if (respond) closeForm(discussion, respond);
      say(section, t(said));
    };
  return {
    "opened-save": as(async (id, fields, right) => {
      const { post, status } = await api.change(
        discussion.post,
        id,
        { comment: String(fields.get("comment")) },
        right,
      );
      discussion.tell("edit", { id, post, status });
      // It is taken, whatever becomes of this.
      if (status === "approved") await discussion.update(id).catch(() => undefined);
      else discussion.drop(id);
      return status === "approved" ? "thanksEdit" : "thanksHeld";
    }),
    "opened-delete": as(async (id, _, right) => {
      await api.delete(discussion.post, id, right);
      discussion.tell("delete", { id, post: discussion.post });
      discussion.drop(id);
      discussion.refresh().catch(() => undefined);
      return "thanksDelete";
    }),
    "opened-send-report": as(async (id, fields, right) => {
      const [reason, note] = [fields.get("reason"), String(fields.get("note"))];
      const known = reason === "spam" || reason === "abuse" ? reason : "other";
      await api.report(discussion.post, id, { reason: known, note }, right);
      return "thanksReport";
    }),
  };
}

/** Shows what may be done with one's own comment in place of what may be done with others', as long as that is so. */
function markOwn(actions: HTMLElement, { memory, t }: Discussion): void {
  const right = memory.rightTo(Number(actions.parentElement?.id.slice(8)));
  let own = actions.querySelector(".own");
  const until = own?.querySelector<HTMLElement>("[data-until]")?.dataset.until ?? right?.until ?? "";
  const over = !(Date.parse(until) > Date.now());
  if (over) own?.remove();
  else if (!own) {
    const left = make("small");
    left.dataset.until = until;
    own = make("span", { className: "own" }, makeLink(t("edit"), "edit"), " ", left);
    actions.append(own);
  }
  for (const others of actions.querySelectorAll<HTMLElement>("form, [data-act=report]"))
    others.hidden = !over;
}
