import type { Discussion } from "@/embed/Discussion";
import { say } from "@/embed/news";
import { previewIn } from "@/embed/previewing";

/** Opens a form of the server's below a comment, with the focus in it: `edit` or `report`. */
export async function openForm(discussion: Discussion, link: HTMLAnchorElement): Promise<void> {
  const { section, t } = discussion;
  const id = Number(link.closest(".comment")?.id.slice(8));
  const act = String(link.dataset.act);
  const prefix = `${act}-${id}-`;
  const find = () => section.querySelector<HTMLElement>(`#${prefix}respond`);
  let form = find();
  if (!form) {
    const part = await discussion.fetch({ [act]: String(id) });
    // Pressed twice.
    if (find()) return;
    form = part.querySelector<HTMLElement>(".respond");
    const article = discussion.find(id);
    if (!article || !form || form.querySelector("[data-act=send]")) return say(section, t("gone"));
    form.classList.add("opened");
    ownIds(form, prefix);
    article.after(form);
    if (form.querySelector(".preview")) previewIn(form, discussion);
  }
  form.querySelector<HTMLElement>("textarea, [type=radio]")?.focus();
}

/** Closes it again; the focus goes to the comment, or to the heading where that is gone. */
export function closeForm({ section }: Discussion, form: Element): void {
  const article = form.previousElementSibling;
  form.remove();
  const place = article?.isConnected ? article : section.querySelector("h2");
  if (place instanceof HTMLElement) place.focus();
}

/** The form that comments has the same ids. */
function ownIds(form: Element, prefix: string): void {
  for (const name of ["id", "for", "aria-labelledby"])
    for (const element of [form, ...form.querySelectorAll(`[${name}]`)]) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, prefix + value);
    }
}
