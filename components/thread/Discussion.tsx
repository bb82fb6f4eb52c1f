import { Composer } from "@/components/thread/Composer";
import { EditForm } from "@/components/thread/EditForm";
import { linkTo, type Place } from "@/components/thread/place";
import { ReportForm } from "@/components/thread/ReportForm";
import { Said } from "@/components/thread/Said";
import { Thread } from "@/components/thread/Thread";
import type { ShownDiscussion } from "@/lib/http/discussion";
import { directionOf } from "@/lib/languages";
import type { Translator } from "@/lib/translator";

/** A thread as it was read, and who looks. */
export interface DiscussionProps extends Omit<ShownDiscussion, "notice" | "origin"> {
  t: Translator;
  said: Said | null;
  /** Who is signed in, by name. */
  visitor: string | null;
  /** Whether replies can be mailed. */
  mails: boolean;
}

/** What the element says itself; it gets these texts with the thread, in its language. */
const SAID_BY_THE_ELEMENT =
  /^(error|send|save|edit|cancel|preview|sending|trying|draft|offline|tryAgain|thanks|asked|gone|deleted|newComments|replyTo|write|loading)/;

/** A thread with the form below it. Alone it works with links and forms; the element takes it over. */
export function Discussion({ thread, t, edit, said, mine, voted, ...props }: DiscussionProps) {
  const { post, target, page, server } = props;
  const { total, sort, open, more, replyTo, report } = thread;
  const direction = directionOf(t.language);
  const texts = Object.entries(t.messages).filter(([key]) => SAID_BY_THE_ELEMENT.test(key));
  const place: Place = {
    ...props,
    t,
    direction,
    open,
    sort,
    mine: (id) => mine[id] ?? null,
    voted: (id) => (voted?.id === id ? voted.value : 0),
    more: (id) => toMore(page, id, more[id]),
  };
  const form = { place, target, said, from: page };
  return (
    <section
      className="antiphon"
      part="thread"
      lang={t.language}
      dir={direction}
      aria-labelledby="comments"
      data-post={post}
      data-target={target}
      data-sort={sort}
      data-page={page}
      data-server={server}
      data-total={total}
      data-texts={JSON.stringify(Object.fromEntries(texts))}
    >
      <Thread place={place} {...thread} />
      {edit ? (
        <EditForm {...form} id={edit.id} text={edit.text} />
      ) : report ? (
        <ReportForm {...form} comment={report} />
      ) : open ? (
        <Composer {...form} replyTo={replyTo} visitor={props.visitor} mails={props.mails} />
      ) : (
        <Said said={said} />
      )}
    </section>
  );
}

function toMore(page: string, id: number, more: { count: number; cursor: string | null } | undefined) {
  if (!more) return null;
  const { count, cursor } = more;
  return { count, href: linkTo({ page }, { parent: id, ...(cursor !== null && { cursor }) }, "comments") };
}
