import { type ComponentProps, type FormEvent, type ReactNode, useId, useRef, useState } from "react";
import { Filled } from "@/components/Filled";
import { useTexts } from "@/components/LanguageContext";
import { makeKey } from "@/components/makeKey";
import { type ListedPost, type PostRefusal, sendPost } from "@/components/sendPost";

const NAMES = ["title", "content", "author", "category", "slug", "url"];
/** What may be left out, and is then not sent. */
const OPTIONAL = ["category", "slug", "url"];
/** What is empty again once it is taken. */
const CLEARED = ["title", "content", "slug", "url"];

interface Props {
  /** The name that a byline begins as. */
  byline: string;
  refusal: PostRefusal | null;
  onMade: (post: ListedPost) => void;
}

/**
 * The form that makes a post. Without JavaScript the browser sends it and is led back; with it, the post is sent as
 * JSON and the page stays. What was typed is lost only once it is taken.
 */
export function PostForm({ byline, refusal: first, onMade }: Props) {
  const t = useTexts();
  const [refusal, setRefusal] = useState(first);
  const [sending, setSending] = useState(false);
  const last = useRef({ body: "", key: "" });
  const id = useId();

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (sending) return;
    const form = event.currentTarget;
    const post = toPost(form);
    const body = JSON.stringify(post);
    // Sent again as it is, it is the same post, whatever became of the first try.
    if (last.current.body !== body) last.current = { body, key: makeKey() };
    setSending(true);
    const outcome = await sendPost(t, post, last.current.key);
    setSending(false);
    if (outcome.kind === "refused") {
      setRefusal(outcome);
      const blamed = NAMES.find((name) => outcome.fields[name] !== undefined);
      const more = form.querySelector("details");
      if (more && blamed !== undefined && OPTIONAL.includes(blamed)) more.open = true;
      const field = form.elements.namedItem(blamed ?? "");
      if (field instanceof HTMLElement) field.focus();
      return;
    }
    setRefusal(null);
    last.current = { body: "", key: "" };
    for (const name of CLEARED) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.value = "";
    }
    onMade(outcome.post);
  };

  const wrong = (name: string) => refusal?.fields[name];
  const attributes = (name: string) => ({
    id: `${id}-${name}`,
    name,
    dir: "auto",
    ...(wrong(name) !== undefined && { "aria-invalid": true, "aria-describedby": `${id}-${name}-wrong` }),
  });
  const field = (name: string, more: ComponentProps<"input">) => ({ ...attributes(name), ...more });
  const label = (name: string, children: ReactNode) => <label htmlFor={`${id}-${name}`}>{children}</label>;
  const complaint = (name: string) =>
    wrong(name) !== undefined && (
      <span className="wrong" id={`${id}-${name}-wrong`} role="alert">
        {wrong(name)}
      </span>
    );
  const optionalIsWrong = OPTIONAL.some((name) => wrong(name) !== undefined);

  return (
    <form method="post" action="/api/posts" onSubmit={submit} aria-busy={sending} aria-label={t("desk.new")}>
      <div role="alert">{refusal?.text && <p className="notice refused">{refusal.text}</p>}</div>
      <p>
        {label("title", t("desk.title"))}
        <input {...field("title", { maxLength: 300, required: true })} />
        {complaint("title")}
      </p>
      <p>
        {label("content", t("desk.text"))}
        <textarea {...attributes("content")} rows={9} required />
        {complaint("content")}
        <span className="hint">
          <Filled text="desk.markdown" place="name">
            <a href="https://commonmark.org/help/" rel="noopener">
              Markdown
            </a>
          </Filled>
        </span>
      </p>
      <p>
        {label("author", t("desk.byline"))}
        <input {...field("author", { maxLength: 80, required: true, defaultValue: byline })} />
        {complaint("author")}
      </p>
      <details className="more" open={optionalIsWrong}>
        <summary>{t("desk.more")}</summary>
        <div className="fields">
          <p>
            {label("category", t("desk.category"))}
            <input {...field("category", { maxLength: 80 })} />
            {complaint("category")}
          </p>
          <p>
            {label("slug", t("desk.slug"))}
            <input {...field("slug", { maxLength: 80, placeholder: t("desk.slugHint"), dir: "ltr" })} />
            {complaint("slug")}
          </p>
        </div>
        <p>
          {label(
            "url",
            <>
              {t("desk.url")} <span className="hint">{t("desk.urlHint")}</span>
            </>,
          )}
          <input {...field("url", { type: "url", maxLength: 500, placeholder: "https://", dir: "ltr" })} />
          {complaint("url")}
        </p>
      </details>
      <p>
        <button type="submit" aria-disabled={sending}>
          {t(sending ? "desk.publishing" : "desk.publish")}
        </button>
      </p>
    </form>
  );
}

function toPost(form: HTMLFormElement) {
  const data = new FormData(form);
  const value = (name: string) => String(data.get(name) ?? "");
  const optional = (name: string) => value(name) || undefined;
  return {
    title: value("title"),
    content: value("content"),
    author: value("author"),
    category: optional("category"),
    slug: optional("slug"),
    url: optional("url"),
  };
}
