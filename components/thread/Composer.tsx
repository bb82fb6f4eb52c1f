import { linkTo, type Place } from "@/components/thread/place";
import { Said } from "@/components/thread/Said";

interface Props {
  place: Place;
  /** What the server takes for the post: its id, or the URL of a page that is none yet. */
  target: string;
  /** The comment that is answered. */
  replyTo: { id: number; author: string } | null;
  /** Who is signed in, by name. */
  visitor: string | null;
  /** Whether replies can be mailed. */
  mails: boolean;
  said: Said | null;
  /** The page that the form leads back to. */
  from: string;
}

/** The form that comments. It works alone; the element takes it over. */
export function Composer({ place, target, replyTo, visitor, mails, said, from }: Props) {
  const { t, server } = place;
  const field = (name: string) => ({
    id: `field-${name}`,
    name,
    ...(said?.field === name && { "aria-invalid": true, "aria-describedby": "said" }),
  });
  return (
    <section id="respond" className="respond" part="composer" aria-labelledby="respond-heading">
      <h3 id="respond-heading">{replyTo === null ? t("write") : t("replyTo", { author: replyTo.author })}</h3>
      <form method="post" action={`${server}/api/comments`} data-act="send">
        <input type="hidden" name="post" value={target} />
        <input type="hidden" name="from" value={from} />
        {replyTo !== null && <input type="hidden" name="parent" value={replyTo.id} />}
        <Said said={said} />
        <p>
          <label htmlFor="field-comment">{t("text")}</label>
          <textarea {...field("comment")} rows={5} maxLength={10_000} required dir="auto" part="input" />
          <small className="hint">
            <a href="https://commonmark.org/help/" rel="noopener">
              {t("textHint")}
            </a>{" "}
            {visitor === null ? t("rest") : t("commentAs", { author: visitor })}
          </small>
        </p>
        <div className="preview" aria-live="polite" />
        {visitor === null && (
          <div className="fields">
            <p>
              <label htmlFor="field-author">{t("name")}</label>
              <input {...field("author")} maxLength={80} autoComplete="name" dir="auto" part="input" />
            </p>
            <p>
              <label htmlFor="field-email">
                {t("email")} <small className="hint">{t("emailHint")}</small>
              </label>
              <input
                {...field("email")}
                type="email"
                maxLength={254}
                autoComplete="email"
                dir="ltr"
                part="input"
              />
            </p>
            <p>
              <label htmlFor="field-website">{t("website")}</label>
              <input
                {...field("website")}
                type="url"
                maxLength={500}
                autoComplete="url"
                placeholder="https://"
                dir="ltr"
                part="input"
              />
            </p>
          </div>
        )}
        {mails && (
          <p className="choice">
            <input {...field("notify")} type="checkbox" value="replies" />{" "}
            <label htmlFor="field-notify">
              {t("notify")} <small className="hint">{t("notifyHint")}</small>
            </label>
          </p>
        )}
        {/* For programs that fill in every field: people neither see nor reach it. */}
        <p className="unseen" aria-hidden="true">
          <label htmlFor="field-homepage">{t("empty")}</label>
          <input id="field-homepage" name="homepage" tabIndex={-1} autoComplete="off" />
        </p>
        <p className="buttons">
          <button type="submit" part="button">
            {replyTo === null ? t("send") : t("sendReply")}
          </button>
          {replyTo !== null && (
            <a href={linkTo(place, {}, "respond")} data-act="cancel">
              {t("cancel")}
            </a>
          )}
        </p>
      </form>
    </section>
  );
}
