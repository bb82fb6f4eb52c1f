import type { Discussion } from "@/embed/Discussion";
import { previewIn } from "@/embed/previewing";
import { toSaid } from "@/embed/said";
import { sendSurely } from "@/embed/sending";
import { keep, recallFields } from "@/embed/storage";

/** What the browser keeps of a reader from one comment to the next. */
const OWN = ["author", "email", "website"];

/**
 * Takes over the form that comments: it stays where it is until somebody replies, keeps what is typed, and loses it only
 * once it is taken.
 */
export function attachComposer(discussion: Discussion) {
  const { section, api, signal, t, memory } = discussion;
  const composer = section.querySelector<HTMLElement>(":scope > .respond");
  const form = composer?.querySelector<HTMLFormElement>("[data-act=send]");
  const text = form?.querySelector("textarea");
  const heading = composer?.querySelector("h3");
  const send = form?.querySelector<HTMLButtonElement>("[type=submit]");
  const said = form?.querySelector<HTMLElement>(".said");
  if (!composer || !form || !text || !heading || !send || !said) return { replyTo: () => {} };

  const draft = `draft:${discussion.target}`;
  let parent = Number(fieldOf(form, "parent")?.value) || null;
  let stamp: Promise<string | null> | undefined;

  const tellIn = (kind: "refused" | "done", what: string, field: string | null = null) => {
    const note = document.createElement("p");
    note.className = `notice ${kind}`;
    note.textContent = what;
    said.role = kind === "refused" ? "alert" : "status";
    said.replaceChildren(...(what ? [note] : []));
    for (const wrong of form.querySelectorAll("[aria-invalid]")) wrong.removeAttribute("aria-invalid");
    const blamed = field === null ? null : fieldOf(form, field);
    blamed?.setAttribute("aria-invalid", "true");
    blamed?.setAttribute("aria-describedby", "said");
    blamed?.focus();
  };

  const setParent = (id: number | null, author = "") => {
    parent = id;
    heading.textContent = id === null ? t("write") : t("replyTo", { author });
    send.textContent = id === null ? t("send") : t("sendReply");
    composer.querySelector("[data-act=cancel]")?.remove();
    if (id === null) return section.append(composer);
    const cancel = document.createElement("a");
    cancel.href = "#respond";
    cancel.dataset.act = "cancel";
    cancel.textContent = t("cancel");
    send.parentElement?.append(cancel);
    discussion.find(id)?.after(composer);
  };

  const submit = async () => {
    const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    const { comment = "", author, email, website, homepage, notify } = fields;
    const body = {
      ...{ post: discussion.target, parent, comment, author, email, website, homepage },
      ...(notify === "replies" && { notify: "replies" as const }),
    };
    form.ariaBusy = "true";
    send.ariaDisabled = "true";
    tellIn("done", t("sending"));
    try {
      const began = (await stamp) ?? undefined;
      const sent = await sendSurely(
        draft,
        JSON.stringify(body),
        (idempotencyKey) => api.create({ ...body, stamp: began }, { idempotencyKey, signal }),
        (offline) => tellIn("done", t(offline ? "offline" : "trying")),
      );
      const { id, status, editToken = "", editableUntil, notify: asked } = sent;
      if (editableUntil) memory.addRight(id, { token: editToken, until: editableUntil });
      keep("me", Object.fromEntries(OWN.map((name) => [name, fields[name] ?? ""])));
      keep(draft, null);
      text.value = "";
      setParent(null);
      const shown = status === "approved";
      const words = [t(shown ? "thanks" : "thanksHeld")];
      if (asked === "asked") words.push(t(shown ? "asked" : "askedLater"));
      tellIn("done", shown && words.length === 1 ? "" : words.join(" "));
      discussion.tell("comment", sent);
      if (!shown) return;
      await discussion.update(id);
      discussion.find(id)?.focus();
    } catch (error) {
      const { text, field } = toSaid(t, error);
      tellIn("refused", text, field);
    } finally {
      form.ariaBusy = null;
      send.ariaDisabled = null;
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.ariaBusy === null) void submit();
  });
  form.addEventListener("focusin", () => {
    // Says when somebody began to write: part of no page, which are the same for everybody.
    stamp ??= api.stamp({ signal }).then(
      (answer) => answer.stamp,
      () => null,
    );
  });
  form.addEventListener("input", () => keep(draft, text.value ? { comment: text.value } : null));
  composer.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-act=cancel]")) return;
    event.preventDefault();
    const answered = parent === null ? null : discussion.find(parent);
    setParent(null);
    (answered?.querySelector<HTMLElement>("[data-act=reply]") ?? text).focus();
  });
  const [kept] = [recallFields(draft).comment];
  if (kept && !text.value) {
    text.value = kept;
    tellIn("done", t("draft"));
  }
  const me = recallFields("me");
  for (const name of OWN) {
    const field = fieldOf(form, name);
    if (field && !field.value) field.value = me[name] ?? "";
  }
  previewIn(form, discussion);

  return {
    replyTo(id: number, author: string): void {
      setParent(id, author);
      text.focus();
    },
  };
}

function fieldOf(form: HTMLFormElement, name: string): HTMLInputElement | null {
  return form.querySelector<HTMLInputElement>(`[name="${name}"]`);
}
