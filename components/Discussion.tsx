import { type ReactNode, useEffect, useRef, useState } from "react";
import { CommentForm, type ReplyTarget } from "@/components/CommentForm";
import { Thread } from "@/components/Thread";
import type { Notice } from "@/lib/notices";
import type { ShownComment } from "@/lib/thread";

interface Props {
  post: { id: number; slug: string; commentsOpen: boolean; comments: number };
  /** The comments that the page came with, in order of time. */
  comments: ShownComment[];
  /** `page`: this is the post's own page. `part`: it is one of many on a page, and its form stays folded. */
  as: "page" | "part";
  replyTo?: ReplyTarget | null;
  notice?: Notice | null;
  before?: ReactNode;
  after?: ReactNode;
}

/** A post's comments and the form below them. */
export function Discussion({
  post,
  comments,
  as,
  replyTo: first = null,
  notice = null,
  before,
  after,
}: Props) {
  const [added, setAdded] = useState<ShownComment[]>([]);
  const [replyTo, setReplyTo] = useState(first);
  const [open, setOpen] = useState(false);
  /** How often somebody asked to reply: each time the focus goes to the form, which must be unfolded by then. */
  const [asked, setAsked] = useState(0);
  const [arrived, setArrived] = useState<number | null>(null);
  const text = useRef<HTMLTextAreaElement>(null);
  const Heading = as === "page" ? "h2" : "h3";

  useEffect(() => {
    if (arrived !== null) document.getElementById(`comment-${arrived}`)?.focus();
  }, [arrived]);
  useEffect(() => {
    if (asked > 0) text.current?.focus();
  }, [asked]);

  const reply = (target: ReplyTarget) => {
    setReplyTo(target);
    setOpen(true);
    setAsked(asked + 1);
  };
  const show = (comment: ShownComment) => {
    // An answer that is given again names a comment that is here already.
    setAdded((before) => [...before.filter(({ id }) => id !== comment.id), comment]);
    setArrived(comment.id);
  };
  const all = [...comments, ...added];
  const form = (
    <CommentForm
      post={post}
      replyTo={replyTo}
      onCancelReply={() => setReplyTo(null)}
      onShown={show}
      notice={notice}
      text={text}
    />
  );

  return (
    <section className="discussion" aria-labelledby={`comments-${post.id}`}>
      <Heading id={`comments-${post.id}`}>{count(post.comments + added.length)}</Heading>
      {before}
      {all.length > 0 && <Thread comments={all} place={post} onReply={reply} />}
      {after}
      {!post.commentsOpen && <p className="closed">Comments are closed.</p>}
      {post.commentsOpen && as === "page" && (
        <section id="respond" aria-labelledby="respond-heading">
          <h2 id="respond-heading">Write a comment</h2>
          {form}
        </section>
      )}
      {post.commentsOpen && as === "part" && (
        <details className="respond" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>Write a comment</summary>
          {form}
        </details>
      )}
    </section>
  );
}

function count(comments: number): string {
  if (comments === 0) return "No comments yet";
  return comments === 1 ? "1 comment" : `${comments.toLocaleString("en")} comments`;
}
