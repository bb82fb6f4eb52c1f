import type { Discussion } from "@/embed/Discussion";
import { toSaid } from "@/embed/said";

type Send = (fields: FormData) => Promise<void>;

/**
 * Opens a form of the server's below a comment, with the focus in it. `sends`: what sends each of its forms, by their act.
 * A refusal is said in the form, which stays as it is.
 */
export async function openForm(
  discussion: Discussion,
  id: number,
  what: "edit" | "report",
  sends: Record<string, Send>,
): Promise<HTMLElement | null> {
  const article = discussion.find(id);
  const form = await discussion.fetchForm({ [what]: String(id) });
  if (!article || !form) return null;
  discussion.section.querySelector(".opened")?.remove();
  form.classList.add("opened");
  ownIds(form);
  article.after(form);
  form.querySelector<HTMLElement>("textarea, [type=radio]")?.focus();
  const close = () => {
    form.remove();
    discussion.find(id)?.focus();
  };
  form.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-act=cancel]")) return;
    event.preventDefault();
    close();
  });
  form.addEventListener("submit", (event) => {
    const { target } = event;
    const send = target instanceof HTMLFormElement ? sends[target.dataset.act ?? ""] : undefined;
    if (!send || !(target instanceof HTMLFormElement)) return;
    event.preventDefault();
    if (form.ariaBusy !== null) return;
    form.ariaBusy = "true";
    send(new FormData(target))
      .then(close, (error: unknown) => sayIn(form, toSaid(discussion.t, error).text))
      .finally(() => {
        form.ariaBusy = null;
      });
  });
  return form;
}

function sayIn(form: Element, text: string): void {
  const said = form.querySelector<HTMLElement>(".said");
  const note = document.createElement("p");
  note.className = "notice refused";
  note.textContent = text;
  if (said) said.role = "alert";
  said?.replaceChildren(note);
}

/** The form that comments has the same ids. */
function ownIds(form: Element): void {
  for (const name of ["id", "for", "aria-labelledby"])
    for (const element of [form, ...form.querySelectorAll(`[${name}]`)]) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, `opened-${value}`);
    }
}
