import { Html } from "@/components/Html";
import { apiOf, linkTo, type Place, permalinkOf, type ThreadComment } from "@/components/thread/place";
import { Time } from "@/components/thread/Time";

interface Props {
  comment: ThreadComment;
  place: Place;
  /** The comment that this one answers, where its place does not show it; `author` where that is known. */
  answers: { id: number; author: string | null } | null;
}

/** One comment, or what a deleted one leaves where it was answered. */
export function Comment({ comment, place, answers }: Props) {
  const { t } = place;
  const { id, status, html } = comment;
  const shared = { id: `comment-${id}`, tabIndex: -1, "data-state": stateOf(comment, place) };
  if (status === "deleted")
    return (
      <article {...shared} className="comment tombstone" part="comment tombstone">
        <p>{t("deleted")}</p>
      </article>
    );
  return (
    <article {...shared} className="comment" part="comment" aria-labelledby={`by-${id}`}>
      <Byline comment={comment} place={place} answers={answers} />
      <Html html={html} className="prose" />
      <Actions comment={comment} place={place} />
    </article>
  );
}

/** Tells the states of a comment apart in which it looks different. */
function stateOf({ id, status, editedAt, pinned, votes }: ThreadComment, place: Place): string {
  const { up, down } = votes;
  return [status, editedAt, pinned, up, down, place.open, place.mine(id) !== null, place.voted(id)].join();
}

function Byline({ comment, place, answers }: Props) {
  const { t } = place;
  const { id, author, avatar, website, role, status, createdAt, editedAt, pinned } = comment;
  return (
    <header className="byline">
      {avatar !== null && (
        <img
          src={place.server + avatar}
          alt=""
          width={40}
          height={40}
          loading="lazy"
          className="avatar"
          part="avatar"
        />
      )}
      <p className="who">
        <strong id={`by-${id}`} dir="auto" part="author">
          {website === null ? (
            author
          ) : (
            <a href={website} rel="nofollow ugc noopener">
              {author}
            </a>
          )}
        </strong>
        {role !== null && role !== "member" && <span className="badge">{t(`role.${role}`)}</span>}
        {pinned && <span className="badge">{t("pinned")}</span>}
        {status === "pending" && <span className="badge">{t("held")}</span>}
      </p>
      <p className="when">
        <a href={permalinkOf(place, comment)} data-act="permalink">
          <Time at={createdAt} t={t} />
        </a>
        {editedAt !== null && ` · ${t("edited")}`}
        {answers !== null && (
          <>
            {" · "}
            <a href={linkTo(place, { at: answers.id }, `comment-${answers.id}`)} data-act="show">
              {answers.author ? t("inReplyTo", { author: answers.author }) : t("inReplyToOther")}
            </a>
          </>
        )}
      </p>
    </header>
  );
}

function Actions({ comment, place }: Pick<Props, "comment" | "place">) {
  const { t, open } = place;
  const { id, author, status } = comment;
  const until = place.mine(id);
  return (
    <div className="actions" part="actions">
      {status === "approved" && until === null && <Votes comment={comment} place={place} />}
      {status === "approved" && open && (
        <a href={linkTo(place, { reply: id }, "respond")} data-act="reply">
          {t("reply")}
          <span className="unseen"> ({author})</span>
        </a>
      )}
      {until !== null && (
        <span className="own">
          <a href={linkTo(place, { edit: id }, "respond")} data-act="edit">
            {t("edit")}
          </a>{" "}
          <small data-until={until} />
        </span>
      )}
      {status === "approved" && until === null && (
        <a href={linkTo(place, { report: id }, "respond")} data-act="report" className="quiet">
          {t("report")}
          <span className="unseen"> ({author})</span>
        </a>
      )}
    </div>
  );
}

/** Each button sends the vote that it stands for, or takes back the one that was given. */
function Votes({ comment: { id, author, votes }, place }: Pick<Props, "comment" | "place">) {
  const { t } = place;
  const mine = place.voted(id);
  const button = (value: 1 | -1, count: number, label: string) => (
    <button
      type="submit"
      name="value"
      value={mine === value ? 0 : value}
      className={value === 1 ? "up" : "down"}
      aria-pressed={mine === value}
      part="vote"
    >
      <span className="unseen">{label}</span> {count > 0 && t.number(count)}
    </button>
  );
  return (
    <form method="post" action={apiOf(place, id, "/vote")} data-act="vote" className="votes">
      <input type="hidden" name="_method" value="PUT" />
      {button(1, votes.up, t("voteUp", { author }))}
      {button(-1, votes.down, t("voteDown", { author }))}
    </form>
  );
}
