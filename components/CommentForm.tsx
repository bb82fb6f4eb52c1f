import { type FormEvent, type RefObject, useContext, useId, useRef, useState } from "react";
import { MailContext } from "@/components/MailContext";
import { fetchStamp, makeKey, type Outcome, sendComment } from "@/components/sendComment";
import { VisitorContext } from "@/components/VisitorContext";
import type { Notice } from "@/lib/notices";
import { ASKED, ASKED_LATER } from "@/lib/thanks";
import type { ShownComment } from "@/lib/thread";

export interface ReplyTarget {
  id: number;
  author: string;
}

interface Props {
  post: { id: number; slug: string };
  replyTo: ReplyTarget | null;
  onCancelReply: () => void;
  onShown: (comment: ShownComment) => void;
  /** What the server has to say, where this page is the answer to a form. */
  notice: Notice | null;
  text: RefObject<HTMLTextAreaElement | null>;
}

/**
 * The form that comments. Without JavaScript the browser sends it and is led back; with it, the comment is sent as
 * JSON and the page stays. What was typed is lost only once it is taken.
 */
export function CommentForm({ post, replyTo, onCancelReply, onShown, notice: first, text }: Props) {
  const [notice, setNotice] = useState(first);
  const [sending, setSending] = useState(false);
  const last = useRef({ body: "", key: "" });
  const stamp = useRef<Promise<string | null> | null>(null);
  const visitor = useContext(VisitorContext);
  const mails = useContext(MailContext);
  const id = useId();
  const field = (name: string) => ({
    id: `${id}-${name}`,
    name,
    ...(notice?.field === name && { "aria-invalid": true, "aria-describedby": `${id}-notice` }),
  });

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (sending) return;
    const form = event.currentTarget;
    const comment = toComment(form, post.id, replyTo);
    const body = JSON.stringify(comment);
    // Sent again as it is, it is the same comment, whatever became of the first try.
    if (last.current.body !== body) last.current = { body, key: makeKey() };
    setSending(true);
    const outcome = await sendComment({ ...comment, stamp: await stamp.current }, last.current.key);
    setSending(false);
    setNotice(toNotice(outcome));
    if (outcome.kind === "refused") {
      const blamed = form.elements.namedItem(outcome.field ?? "");
      if (blamed instanceof HTMLElement) blamed.focus();
      return;
    }
    last.current = { body: "", key: "" };
    if (text.current) text.current.value = "";
    onCancelReply();
    if (outcome.kind === "shown") onShown(outcome.comment);
  };

  return (
    <form
      method="post"
      action="/api/comments"
      onSubmit={submit}
      onFocus={() => {
        // Says when somebody began to write; not part of the page, which is the same for everybody.
        stamp.current ??= fetchStamp();
      }}
      aria-busy={sending}
    >
      <input type="hidden" name="post" value={post.slug} />
      {replyTo && (
        <p className="replying">
          <input type="hidden" name="parent" value={replyTo.id} />
          Replying to <bdi>{replyTo.author}</bdi>{" "}
          <a
            href={`/posts/${post.slug}#respond`}
            onClick={(event) => {
              event.preventDefault();
              onCancelReply();
              text.current?.focus();
            }}
          >
            Cancel the reply
          </a>
        </p>
      )}
      <div id={`${id}-notice`} role={notice?.kind === "held" ? "status" : "alert"}>
        {notice && <p className={`notice ${notice.kind}`}>{notice.text}</p>}
      </div>
      <p>
        <label htmlFor={`${id}-comment`}>Comment</label>
        <textarea {...field("comment")} ref={text} rows={5} maxLength={10_000} required dir="auto" />
        <span className="hint">
          <a href="https://commonmark.org/help/" rel="noopener">
            Markdown
          </a>{" "}
          works.{!visitor && " The rest is optional."}
        </span>
      </p>
      {visitor ? (
        <p className="hint">
          You comment as <bdi>{visitor.user.name}</bdi>.
        </p>
      ) : (
        <div className="fields">
          <p>
            <label htmlFor={`${id}-author`}>Name</label>
            <input {...field("author")} maxLength={80} autoComplete="name" dir="auto" />
          </p>
          <p>
            <label htmlFor={`${id}-email`}>
              E-mail <span className="hint">never shown</span>
            </label>
            <input {...field("email")} type="email" maxLength={254} autoComplete="email" />
          </p>
          <p>
            <label htmlFor={`${id}-website`}>Website</label>
            <input
              {...field("website")}
              type="url"
              maxLength={500}
              autoComplete="url"
              placeholder="https://"
            />
          </p>
        </div>
      )}
      {mails && (
        <p className="choice">
          <input {...field("notify")} type="checkbox" value="replies" />{" "}
          <label htmlFor={`${id}-notify`}>
            Mail me replies <span className="hint">you confirm by mail, and can end it at any time</span>
          </label>
        </p>
      )}
      {/* For programs that fill in every field: people neither see nor reach it. */}
      <p className="unseen" aria-hidden="true">
        <label htmlFor={`${id}-homepage`}>Leave this empty</label>
        <input id={`${id}-homepage`} name="homepage" tabIndex={-1} autoComplete="off" />
      </p>
      <p>
        <button type="submit" aria-disabled={sending}>
          {sending ? "Sending…" : replyTo ? "Send the reply" : "Send the comment"}
        </button>
      </p>
    </form>
  );
}

function toComment(form: HTMLFormElement, post: number, replyTo: ReplyTarget | null) {
  const fields = new FormData(form);
  const value = (name: string) => String(fields.get(name) ?? "");
  return {
    post,
    parent: replyTo?.id ?? null,
    comment: value("comment"),
    author: value("author"),
    email: value("email"),
    website: value("website"),
    homepage: value("homepage"),
    ...(fields.get("notify") === "replies" && { notify: "replies" as const }),
  };
}

function toNotice(outcome: Outcome): Notice | null {
  if (outcome.kind === "refused") return outcome;
  if (outcome.kind === "shown") return outcome.asked ? { kind: "held", text: ASKED, field: null } : null;
  const text = "Thank you. Your comment waits for a moderator.";
  return { kind: "held", text: outcome.asked ? `${text} ${ASKED_LATER}` : text, field: null };
}
