import { Comments } from "@/components/thread/Comments";
import { nest } from "@/components/thread/nest";
import { linkTo, type Place, SORTS, type ThreadComment } from "@/components/thread/place";

interface Props {
  place: Place;
  /** How many visible comments the whole thread has. */
  total: number;
  /** A part of the thread, parents before their replies. */
  comments: ThreadComment[];
  /** The cursor of the part that follows; null at the end. */
  next: string | null;
  /** Whether the thread begins here. */
  start: boolean;
  /** The comment whose replies alone are here; null: all that is there. */
  parent: number | null;
}

/** What stands above the form: the heading, the order, the comments, and the way to more. */
export function Thread({ place, total, comments, next, start, parent }: Props) {
  const authors = new Map(comments.map(({ id, author }) => [id, author]));
  return (
    <>
      <Head place={place} total={total} />
      <div className="news" role="status" />
      <First place={place} start={start} />
      <Comments nodes={nest(comments)} place={place} authorOf={(id) => authors.get(id) ?? null} />
      <Next place={place} cursor={next} parent={parent} />
      <Closed place={place} />
    </>
  );
}

/** How many comments there are, and in what order they stand. */
function Head({ place, total }: Pick<Props, "place" | "total">) {
  const { t, sort } = place;
  const names = { oldest: t("oldest"), newest: t("newest"), top: t("top") };
  return (
    <header className="head">
      <h2 id="comments" part="heading" tabIndex={-1}>
        {total === 0 ? t("none") : t("comments", { count: total })}
      </h2>
      {total > 1 && (
        <nav aria-label={t("order")} className="sorts">
          {SORTS.map((one) => (
            <a
              key={one}
              href={linkTo(place, { sort: one }, "comments")}
              data-act="sort"
              data-sort={one}
              aria-current={one === sort ? "true" : undefined}
            >
              {names[one]}
            </a>
          ))}
        </nav>
      )}
    </header>
  );
}

/** The way back to the beginning. */
function First({ place, start }: Pick<Props, "place" | "start">) {
  return (
    <p className="paging first">
      {!start && (
        <a href={linkTo(place, { sort: place.sort }, "comments")} data-act="first">
          {place.t("firstComments")}
        </a>
      )}
    </p>
  );
}

/** The way to what follows. */
function Next({ place, cursor, parent }: Pick<Props, "place" | "parent"> & { cursor: string | null }) {
  const here = { sort: place.sort, ...(parent !== null && { parent }) };
  return (
    <p className="paging next">
      {cursor !== null && (
        <a href={linkTo(place, { ...here, cursor }, "comments")} data-act="next" rel="next">
          {place.t("moreComments")}
        </a>
      )}
    </p>
  );
}

/** That nobody can comment any more. */
function Closed({ place: { t, open } }: Pick<Props, "place">) {
  return <p className="closed">{!open && t("closed")}</p>;
}
