import { apiOf, linkTo, type Place } from "@/components/thread/place";
import { Said } from "@/components/thread/Said";

interface Props {
  place: Place;
  comment: { id: number; author: string };
  said: Said | null;
  /** The page that the form leads back to. */
  from: string;
}

/** Where a reader tells the moderators of a comment. It works alone; the element takes it over. */
export function ReportForm({ place, comment: { id, author }, said, from }: Props) {
  const { t } = place;
  const reasons = { spam: t("reportSpam"), abuse: t("reportAbuse"), other: t("reportOther") };
  return (
    <section id="respond" className="respond" aria-labelledby="respond-heading">
      <h3 id="respond-heading">{t("reportOf", { author })}</h3>
      <form method="post" action={apiOf(place, id, "/report")} data-act="send-report">
        <input type="hidden" name="from" value={from} />
        <Said said={said} />
        <fieldset>
          <legend>{t("reportWhy")}</legend>
          {Object.entries(reasons).map(([reason, label]) => (
            <label key={reason} className="choice">
              <input type="radio" name="reason" value={reason} required /> {label}
            </label>
          ))}
        </fieldset>
        <p>
          <label htmlFor="field-note">{t("reportNote")}</label>
          <textarea id="field-note" name="note" rows={2} maxLength={1000} dir="auto" part="input" />
        </p>
        <p className="buttons">
          <button type="submit" part="button">
            {t("reportSend")}
          </button>
          <a href={linkTo(place, { at: id }, `comment-${id}`)} data-act="cancel">
            {t("cancel")}
          </a>
        </p>
      </form>
    </section>
  );
}
