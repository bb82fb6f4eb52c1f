import type { Discussion } from "@/embed/Discussion";
import { makeLink } from "@/embed/make";
import { attempt } from "@/embed/news";
import { previewIn } from "@/embed/previewing";
import { sayIn } from "@/embed/said";
import { sendSurely } from "@/embed/sending";
import { keep, recall } from "@/embed/storage";

/** What the browser keeps of a reader from one comment to the next. */
const OWN = ["author", "email", "website"];

/** What can be done with the form that comments. */
export interface Composer {
  /** Brings it below the comment of a link, to answer it. */
  reply: (link: Element) => void;
  /** Brings it back. */
  cancel: () => void;
  /** Puts it below the thread where it went with the comment that it stood below; it still answers that one. */
  settle: () => void;
  send: () => Promise<void>;
}

/** Takes over the form that comments: it keeps what is typed, and loses it only once it is taken. Null where there is none. */
export function attachComposer(discussion: Discussion): Composer | null {
  const { section, api, signal, t, memory, name } = discussion;
  const composer = section.querySelector<HTMLElement>(":scope > .respond");
  const form = composer?.querySelector<HTMLFormElement>("[data-act=send]");
  const text = form?.querySelector("textarea");
  const heading = composer?.querySelector("h3");
  const button = form?.querySelector<HTMLButtonElement>("[type=submit]");
  if (!composer || !form || !text || !heading || !button) return null;

  const draft = `draft:${name}`;
  const field = (name: string) => form.querySelector<HTMLInputElement>(`[name="${name}"]`);
  let parent = Number(field("parent")?.value) || null;
  let stamp: Promise<string | undefined> | undefined;

  const setParent = (id: number | null, author = "") => {
    parent = id;
    heading.textContent = id ? t("replyTo", { author }) : t("write");
    button.textContent = t(id ? "sendReply" : "send");
    composer.querySelector("[data-act=cancel]")?.remove();
    if (id) button.parentElement?.append(makeLink(t("cancel"), "cancel"));
    place();
    if (text.value) keepDraft();
  };
  const place = () => {
    const article = discussion.find(parent);
    if (article) article.after(composer);
    // Moving it would take the focus from it.
    else if (section.lastElementChild !== composer) section.append(composer);
  };
  const fields = () =>
    Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  const keepDraft = () =>
    keep(
      draft,
      text.value ? { ...fields(), parent: String(parent ?? ""), to: heading.textContent ?? "" } : null,
    );

  /** Says when somebody began to write: part of no page, which are the same for everybody. */
  const fetchStamp = () =>
    api.stamp({ signal }).then(
      (answer) => answer.stamp,
      async (error: unknown) => {
        // Threads are for every site to read: where that alone works, the server does not know this one.
        if (error instanceof TypeError && (await discussion.fetch().catch(() => null)))
          sayIn(form, "refused", t("error.origin_not_allowed", { origin: location.origin }));
        return undefined;
      },
    );

  const send = async () => {
    const { comment = "", author, email, website, homepage, notify } = fields();
    const body = {
      ...{ parent, comment, author, email, website, homepage },
      ...(notify === "replies" && { notify: "replies" as const }),
    };
    sayIn(form, "done", t("sending"));
    text.readOnly = true;
    try {
      const began = await stamp;
      const sent = await sendSurely(
        name,
        JSON.stringify(body),
        discussion.target,
        (idempotencyKey, post) => api.create({ ...body, post, stamp: began }, { idempotencyKey, signal }),
        (offline) => sayIn(form, "done", t(offline ? "offline" : "trying")),
      );
      const { id, post, status, editToken = "", editableUntil, notify: asked } = sent;
      if (editableUntil) memory.addRight(id, { token: editToken, until: editableUntil });
      if (field("author"))
        keep("me", Object.fromEntries(OWN.map((name) => [name, field(name)?.value ?? ""])));
      keep(draft, null);
      stamp = undefined;
      text.value = "";
      form.querySelector(".preview")?.replaceChildren();
      setParent(null);
      discussion.tell("comment", { id, post, status });
      const shown = status === "approved";
      const more = asked === "asked" ? ` ${t(shown ? "asked" : "askedLater")}` : "";
      const words = t(shown ? "thanks" : "thanksHeld") + more;
      sayIn(form, "done", shown && !more ? "" : words);
      if (!shown) return text.focus();
      // It is taken, whatever becomes of this.
      await attempt(discussion, async () => {
        await discussion.update(id);
        discussion.find(id)?.focus();
      });
      if (!discussion.find(id)) sayIn(form, "done", words);
    } finally {
      text.readOnly = false;
    }
  };

  form.addEventListener("focusin", () => {
    stamp ??= fetchStamp();
  });
  form.addEventListener("input", keepDraft);
  const kept = recall(draft);
  const before = { ...recall("me"), ...kept };
  for (const name of OWN) {
    const input = field(name);
    if (input) input.value ||= before[name] ?? "";
  }
  if (kept.comment && !text.value) {
    text.value = kept.comment;
    const notify = field("notify");
    if (notify) notify.checked = kept.notify === "replies";
    if (kept.parent) {
      setParent(Number(kept.parent));
      heading.textContent = kept.to ?? "";
    }
    sayIn(form, "done", t("draft"));
  }
  previewIn(form, discussion);

  return {
    send,
    reply: (link) => {
      const article = link.closest(".comment");
      setParent(Number(article?.id.slice(8)), article?.querySelector("strong")?.textContent ?? "");
      text.focus();
    },
    cancel: () => {
      const article = discussion.find(parent);
      setParent(null);
      (article?.querySelector<HTMLElement>("[data-act=reply]") ?? text).focus();
    },
    settle: () => {
      if (!composer.isConnected) place();
    },
  };
}
