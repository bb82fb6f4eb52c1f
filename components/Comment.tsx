import type { MouseEvent } from "react";
import { Html } from "@/components/Html";
import { Time } from "@/components/Time";
import type { ShownComment } from "@/lib/thread";

/** The post that a comment stands under, as far as links need it. */
export interface Place {
  slug: string;
  commentsOpen: boolean;
}

interface Props {
  comment: ShownComment;
  place: Place;
  /** The comment that this one answers, where its place does not show it; `author` where that is known. */
  answers: { id: number; author: string | null } | null;
  onReply: (target: { id: number; author: string }) => void;
}

/** One comment, or what a deleted one leaves where it was answered. */
export function Comment({ comment, place, answers, onReply }: Props) {
  const { id, status } = comment;
  const deleted = status === "deleted";
  return (
    <article id={`comment-${id}`} className={deleted ? "comment tombstone" : "comment"} tabIndex={-1}>
      {deleted ? (
        <p className="byline">This comment was deleted.</p>
      ) : (
        <Byline comment={comment} place={place} />
      )}
      {answers !== null && (
        <p className="answers">
          In reply to{" "}
          <a href={linkTo(place, answers.id)}>
            {answers.author ? <bdi>{answers.author}</bdi> : "another comment"}
          </a>
        </p>
      )}
      {!deleted && <Html html={comment.html} className="prose" />}
      {!deleted && place.commentsOpen && <Reply comment={comment} place={place} onReply={onReply} />}
    </article>
  );
}

function Byline({ comment, place }: { comment: ShownComment; place: Place }) {
  const { id, author, avatar, website, role, createdAt, editedAt } = comment;
  const name = <bdi>{author}</bdi>;
  return (
    <header className="byline">
      {avatar !== null && <img src={avatar} alt="" width={36} height={36} loading="lazy" />}
      <span>
        <strong>
          {website === null ? (
            name
          ) : (
            <a href={website} rel="nofollow ugc noopener">
              {name}
            </a>
          )}
        </strong>
        {role !== null && role !== "member" && <span className="role">{role}</span>}
        <span className="when">
          <a href={linkTo(place, id)}>
            <Time at={createdAt} />
          </a>
          {editedAt !== null && " · edited"}
        </span>
      </span>
    </header>
  );
}

function Reply({ comment, place, onReply }: Pick<Props, "comment" | "place" | "onReply">) {
  const { id, author } = comment;
  const reply = (event: MouseEvent) => {
    // Somebody who asks for a new tab or window gets one.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onReply({ id, author });
  };
  return (
    <p className="actions">
      <a href={`/posts/${place.slug}?reply=${id}#respond`} onClick={reply}>
        Reply
        <span className="unseen">
          {" to "}
          <bdi>{author}</bdi>
        </span>
      </a>
    </p>
  );
}

function linkTo({ slug }: Place, id: number): string {
  return `/posts/${slug}?at=${id}#comment-${id}`;
}
